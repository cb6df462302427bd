"""The cases by name, in the order in which they run; each is made from the data and the program when its turn comes."""

from harness.cases import down, file_gzip, file_put, file_s3, listing, memory, small_put, small_s3, start, tables

CASES = {
    "start": start.make,
    "put": file_put.make,
    "put-shm": file_put.make_stored,
    "s3": file_s3.make,
    "gzip": file_gzip.make,
    "small-put": small_put.make,
    "small-put-null": small_put.make_null,
    "small-s3": small_s3.make,
    "down-s3": down.make_s3,
    "down-https": down.make_https,
    "list": listing.make,
    "sync": listing.make_sync,
    "table-csv": tables.make_csv,
    "table-cursor": tables.make_cursor,
    "table-parquet": tables.make_parquet,
    "table-partitions": tables.make_partitions,
    "table-load": tables.make_load,
    "table-text": tables.make_text,
    "table-memory": tables.make_memory,
    "memory": memory.make,
}
