"""The peer of `wuku bench match`: Splink on DuckDB over the same file, with settings as its tutorials advise.

Arguments: the CSV file, the file to write clusters to. Prints one JSON object: seconds and processor seconds by stage, peak memory.
"""
import json
import resource
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

stages = []
began = [time.time(), time.process_time()]


def stage(name):
    now = [time.time(), time.process_time()]
    stages.append({"name": name, "seconds": now[0] - began[0], "cpu": now[1] - began[1]})
    began[:] = now


def main(path, out):
    con = duckdb.connect()
    con.execute("SET threads TO 2")
    con.execute(
        f"""CREATE TABLE people AS SELECT id, nullif(name, '') AS name, nullif(sex, '') AS sex, nullif(replace(dob, '-', ''), '') AS dob,
        nullif(citizen_number, '') AS citizen_number, nullif(phone, '') AS phone, nullif(address, '') AS address, nullif(county, '') AS county
        FROM read_csv('{path}', header=true, all_varchar=true)"""
    )
    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("sex"),
            cl.DamerauLevenshteinAtThresholds("dob", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("citizen_number", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("phone", [1]),
            cl.JaroWinklerAtThresholds("address", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("county").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("citizen_number"),
            block_on("name", "dob"),
            block_on("name", "county", "sex"),
            block_on("dob", "county"),
            block_on("phone"),
            block_on("name", "address"),
            block_on("dob", "address"),
        ],
    )
    table = api.register("people") if hasattr(api, "register") else "people"
    linker = Linker(table, settings) if hasattr(api, "register") else Linker(table, settings, api)
    stage("load")
    t = linker.training
    t.estimate_probability_two_random_records_match([block_on("citizen_number"), block_on("name", "dob", "sex")], recall=0.9)
    t.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    t.estimate_parameters_using_expectation_maximisation(block_on("name", "dob"))
    t.estimate_parameters_using_expectation_maximisation(block_on("citizen_number"))
    stage("train")
    pairs = linker.inference.predict(threshold_match_probability=0.01)
    stage("predict")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
    con.execute(f"COPY (SELECT id, cluster_id FROM {clusters.physical_name}) TO '{out}' (HEADER)")
    stage("cluster")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    import splink

    print(json.dumps({"version": splink.__version__, "stages": stages, "peak_memory": peak}))


main(*sys.argv[1:])
