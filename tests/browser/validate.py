"""Says what is wrong with documents by their schema, a line each.

Standard input is JSON: the schema, and a list of documents. For each document it prints a
list of faults.
"""

import json
import sys

import jsonschema

schema, documents = json.load(sys.stdin)
checker = jsonschema.validators.validator_for(schema)
checker.check_schema(schema)
for document in documents:
    faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in checker(schema).iter_errors(document)]
    print(json.dumps(faults))
