"""arrow-odbc and pyarrow: a query into a Parquet file, batch by batch. The password is SLUICE_ODBC_PASSWORD's."""

import os
import sys

import pyarrow.parquet
from arrow_odbc import read_arrow_batches_from_odbc

connection, query, path = sys.argv[1:]
batches = read_arrow_batches_from_odbc(
    query=query, connection_string=connection + ";Pwd={" + os.environ["SLUICE_ODBC_PASSWORD"] + "}", batch_size=65535
)
with pyarrow.parquet.ParquetWriter(path, batches.schema, compression="zstd") as writer:
    for batch in batches:
        writer.write_batch(batch)
