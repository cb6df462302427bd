"""connectorx and pyarrow: a query into a Parquet file. The database's URL is DATABASE_URL's."""

import os
import sys

import connectorx
import pyarrow.parquet

query, path = sys.argv[1:]
table = connectorx.read_sql(os.environ["DATABASE_URL"], query, return_type="arrow", protocol="binary")
pyarrow.parquet.write_table(table, path, compression="zstd")
