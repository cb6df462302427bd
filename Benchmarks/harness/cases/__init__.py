"""The cases by name, in the order in which they run; each is made from the data and the program when its turn comes."""

from harness.cases import file_gzip, file_put, file_s3, memory, small_put, small_s3, start

CASES = {
    "start": start.make,
    "put": file_put.make,
    "put-shm": file_put.make_stored,
    "s3": file_s3.make,
    "gzip": file_gzip.make,
    "small-put": small_put.make,
    "small-put-null": small_put.make_null,
    "small-s3": small_s3.make,
    "memory": memory.make,
}
