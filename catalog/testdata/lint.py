"""datacontract-cli's verdict on every contract of a directory: an error or a warning of any fails."""
import glob
import sys

from datacontract.data_contract import DataContract

files = sorted(glob.glob(sys.argv[1] + "/*.yaml"))
bad = 0
for file in files:
    run = DataContract(data_contract_file=file).lint()
    if run.result != "passed":
        bad += 1
        for check in run.checks:
            if check.result != "passed":
                print(f"{file}: {check.result}: {check.name}: {check.reason}")
print(f"{len(files) - bad} of {len(files)} contracts pass")
sys.exit(1 if bad or not files else 0)
