"""Does a kernel's work for a while: `driver.py FOLDER SECONDS`."""

import sys
import time


def main(folder, seconds):
    """Compiles the kernel in the folder, then calls it for so many seconds."""
    sys.path.insert(0, folder)
    import kernel

    kernel.call()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        kernel.call()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
