"""The job as an analyst's script does it: read_json, drop_duplicates, groupby."""

import pathlib
import sys

import pandas as pd

source, target = sys.argv[1:3]
wanted = ["appKey", "icid", "bindNum", "fwdAnswerTime", "callEndTime"]
parts = []
for path in sorted(p for p in pathlib.Path(source).rglob("*") if p.is_file()):
    bodies = pd.read_json(path, lines=True, dtype=False, convert_dates=False)
    parts.append(pd.DataFrame([record for fees in bodies["feeLst"] for record in fees]).reindex(columns=wanted))
calls = pd.concat(parts, ignore_index=True).drop_duplicates(["appKey", "icid"])
end = pd.to_datetime(calls["callEndTime"], format="%Y-%m-%d %H:%M:%S")
answer = pd.to_datetime(calls["fwdAnswerTime"].replace("", None), format="%Y-%m-%d %H:%M:%S")
seconds = (end - answer).dt.total_seconds().fillna(0)
calls["billed_min"] = -(-seconds // 60)
calls["month"] = (end + pd.Timedelta(hours=8)).dt.strftime("%Y-%m")
sums = calls.groupby(["month", "appKey", "bindNum"]).agg(call_count=("icid", "size"), billed_min=("billed_min", "sum"))
sums["billed_min"] = sums["billed_min"].astype(int)
sums.reset_index().rename(columns={"appKey": "app_key", "bindNum": "x_number"}).to_csv(target, index=False)
