"""The contenders' command lines, each as its own documentation would have it for the job."""

import harness.places as places
from harness.model import Command, HttpsDestination, S3Destination, Unavailable

REGION = "us-east-1"
# The tables that rows are loaded into: sling adds a column to its own.
LOADED, SLING_LOADED = "loaded", "loaded_by_sling"
_RCLONE_BASE = ("--config", "/dev/null", "--retries", "1")


class Sluice:
    """Command lines of the program that is measured."""

    def __init__(self, binary):
        self._binary = binary

    def version(self):
        return Command([self._binary, "--version"])

    def copy(self, source, destination, name, *options):
        """Copy a file or a directory (its name ends in a slash) to `name` at the destination."""
        words = [self._binary, "copy", source]
        environment = {}
        match destination:
            case HttpsDestination():
                words += [destination.url + name, "--ca-certificate", destination.authority]
            case S3Destination():
                words += [f"s3://{destination.bucket}/{name}", "--sink-endpoint", destination.endpoint]
                words += ["--ca-certificate", destination.authority]
                environment = _keys(destination)
            case _:
                words.append(f"{destination.folder}/{name}")
        return Command([*words, "--progress", "none", *options], environment)


    def fetch(self, source, *options):
        """Copy a filled store's name, a folder's with a slash at its end, into the run's folder."""
        location, environment, trust = self._place(source.store, source.name)
        words = [self._binary, "copy", location, *_endpoint(source.store, "--source-endpoint"), *trust]
        return Command([*words, f"{source.folder}/", "--progress", "none", *options], environment)

    def list(self, source):
        """Tell every object of a filled store's folder."""
        location, environment, trust = self._place(source.store, source.name)
        words = [self._binary, "list", location, "--quiet", *_endpoint(source.store, "--source-endpoint"), *trust]
        return Command(words, environment)

    def synchronise(self, folder, destination):
        """Bring a filled store's folder up to what a local one has."""
        location, environment, trust = self._place(destination.store, destination.name)
        words = [self._binary, "copy", f"{folder}/", location, *_endpoint(destination.store, "--sink-endpoint"), *trust]
        return Command([*words, "--overwrite", "if-different", "--progress", "none"], environment)

    def extract(self, database, sink, *options):
        """Copy a table into objects below `sink`, "https" or "file", one for each partition."""
        to = database.https.url + "x/" if sink == "https" else f"{database.folder}/x/"
        words = [self._binary, "copy", f"odbc:{database.connection}", to, "--progress", "none"]
        words += ["--ca-certificate", database.https.authority, *options]
        return Command(words, {"SLUICE_ODBC_PASSWORD": database.password})

    def load(self, file, database):
        """Copy a file of CSV into the table that is there for it."""
        words = [self._binary, "copy", file, f"odbc:{database.connection}", "--sink-table", LOADED, "--progress", "none"]
        words += ["--pre-copy-sql", f"truncate {LOADED}", "--ca-certificate", database.authority]
        return Command(words, {"SLUICE_ODBC_PASSWORD": database.password})

    @staticmethod
    def _place(store, name):
        trust = ["--ca-certificate", store.authority]
        if isinstance(store, HttpsDestination):
            return store.url + name, {}, trust
        return f"s3://{store.bucket}/{name}", _keys(store), trust


def _endpoint(store, option):
    return [option, store.endpoint] if isinstance(store, S3Destination) else []


def curl_get(source):
    """HTTP/1.1, as for PUT."""
    words = ["curl", "--silent", "--show-error", "--fail", "--http1.1", "--cacert", source.store.authority]
    return Command([*words, "--output", source.folder / source.name, source.store.url + source.name])


def s5cmd_fetch(source, concurrency):
    """One object by parts of 16 MiB, so many at a time."""
    return _s5cmd(source.store, "cp", "--concurrency", str(concurrency), "--part-size", "16",
                  f"s3://{source.store.bucket}/{source.name}", source.folder / source.name)


def rclone_s3_fetch(source, streams):
    """One object by so many streams."""
    return _rclone_s3(source.store, "copyto", f"bench:{source.store.bucket}/{source.name}",
                      source.folder / source.name, *_rclone_streams(streams))


def rclone_https_fetch(source, streams):
    """The same from a plain HTTPS server."""
    words = [places.peer("rclone"), "copyto", f"bench:{source.name}", source.folder / source.name, *_RCLONE_BASE]
    words += [*_rclone_streams(streams), "--ca-cert", source.store.authority]
    return Command(words, {"RCLONE_CONFIG_BENCH_TYPE": "http", "RCLONE_CONFIG_BENCH_URL": source.store.url})


def _rclone_streams(streams):
    return ("--multi-thread-streams", str(streams), "--multi-thread-cutoff", "16M")


def s5cmd_list(source):
    """Every object of a folder."""
    return _s5cmd(source.store, "ls", f"s3://{source.store.bucket}/{source.name}*")


def rclone_list(source, *options):
    """The same with size, time and name; its folders are listed several at a time."""
    return _rclone_s3(source.store, "lsf", "-R", "--files-only", "--use-server-modtime", "--format", "stp",
                      f"bench:{source.store.bucket}/{source.name}", *options)


def s5cmd_sync(folder, destination):
    """Bring a folder of the store up to a local one, by size and time."""
    return _s5cmd(destination.store, "sync", f"{folder}/", f"s3://{destination.store.bucket}/{destination.name}")


def rclone_sync(folder, destination, *options):
    """The same by size and the time that the service has of an object, which costs no HEAD."""
    return _rclone_s3(destination.store, "copy", "--update", "--use-server-modtime", folder,
                      f"bench:{destination.store.bucket}/{destination.name}", *options)


def bare_loop(source, destination, name):
    """The floor of a PUT over TLS."""
    return Command([places.own("bare-loop"), source, destination.url + name, destination.authority])


def curl_put(source, destination, name):
    """`source` may be "-". HTTP/1.1, since curl's HTTP/2 takes a third more CPU for a large body."""
    words = ["curl", "--silent", "--show-error", "--fail", "--http1.1", "--cacert", destination.authority]
    return Command([*words, "--upload-file", source, destination.url + name])


def curl_put_many(configuration, destination, transfers):
    """PUT the files of a configuration written by `write_curl_configuration`."""
    words = ["curl", "--silent", "--show-error", "--fail", "--http1.1", "--cacert", destination.authority]
    return Command([*words, "--parallel", "--parallel-max", str(transfers), "--config", configuration])


def write_curl_configuration(path, files, directory, destination, name):
    """Name each of `files` in `directory` and its URL under `name` for `curl_put_many`."""
    with open(path, "w") as output:
        for file in files:
            url = f"{destination.url}{name}/{file.relative_to(directory)}"
            output.write(f'upload-file = "{file}"\nurl = "{url}"\noutput = "/dev/null"\n')


def pigz(source, level):
    """To standard output, on all cores."""
    return Command(["pigz", f"-{level}", "--stdout", source])


def igzip(source, target, level):
    """One thread of ISA-L."""
    return Command(["igzip", f"-{level}", "-f", "-k", "-o", target, source])


def s5cmd_file(source, destination, name):
    """Four parts of 16 MiB at a time."""
    return _s5cmd(destination, "cp", "--concurrency", "4", "--part-size", "16",
                  source, f"s3://{destination.bucket}/{name}")


def s5cmd_directory(source, destination, name, workers):
    """A directory's files by so many workers."""
    return _s5cmd(destination, "--numworkers", str(workers), "cp", f"{source}/", f"s3://{destination.bucket}/{name}/")


def rclone_s3_file(source, destination, name, *options):
    """Four parts of 16 MiB at a time."""
    options = ("--s3-chunk-size", "16M", "--s3-upload-concurrency", "4", "--s3-upload-cutoff", "16M", *options)
    return _rclone_s3(destination, "copyto", source, f"bench:{destination.bucket}/{name}", *options)


def rclone_s3_directory(source, destination, name, transfers, *options):
    """A directory's files, so many at a time, without a look at what is there."""
    options = ("--no-check-dest", "--transfers", str(transfers), *options)
    return _rclone_s3(destination, "copy", source, f"bench:{destination.bucket}/{name}", *options)


def rclone_s3_read(destination, *words):
    """An rclone command that reads, for the checks; bench: is the destination's server."""
    return _rclone_s3(destination, *words)


def rclone_webdav_directory(source, destination, name, transfers):
    """A directory's files over WebDAV, so many at a time, without a look at what is there, and without the pause of
    10 ms before every request that rclone makes by default."""
    words = [places.peer("rclone"), "copy", source, f"bench:{name}", *_RCLONE_BASE, "--no-check-dest"]
    words += ["--webdav-pacer-min-sleep", "0", "--transfers", str(transfers), "--ca-cert", destination.authority]
    return Command(words, {
        "RCLONE_CONFIG_BENCH_TYPE": "webdav",
        "RCLONE_CONFIG_BENCH_URL": destination.url,
        "RCLONE_CONFIG_BENCH_VENDOR": "other",
    })


def aws(source, destination, name, client):
    """The AWS CLI with its transfer client "crt" or "default", 16 MiB parts."""
    endpoint = destination.standard_endpoint if client == "crt" else destination.endpoint
    if endpoint is None:
        raise Unavailable("the CRT client needs port 443, which takes root and a network namespace")
    configuration = places.DATA / f"aws-{client}.ini"
    configuration.write_text(
        "[default]\ns3 =\n"
        f"  preferred_transfer_client = {client}\n"
        "  multipart_chunksize = 16MB\n"
        "  max_concurrent_requests = 4\n"
        "  addressing_style = path\n"
    )
    words = ["/usr/bin/aws", "s3", "cp", source, f"s3://{destination.bucket}/{name}", "--only-show-errors"]
    words += ["--endpoint-url", endpoint, "--ca-bundle", destination.authority]
    return Command(words, _keys(destination) | {
        "AWS_CONFIG_FILE": str(configuration),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": str(places.peer_packages()),  # a newer CRT than Debian's
    })


def _keys(destination):
    return {
        "AWS_ACCESS_KEY_ID": destination.access_key,
        "AWS_SECRET_ACCESS_KEY": destination.secret_key,
        "AWS_REGION": REGION,
    }


def _s5cmd(destination, *words):
    environment = _keys(destination) | {"AWS_CA_BUNDLE": destination.authority}
    program = [places.peer("s5cmd"), "--log", "error", "--endpoint-url", destination.endpoint]
    return Command([*program, *words], environment)


def _rclone_s3(destination, *words):
    return Command([places.peer("rclone"), *words, *_RCLONE_BASE, "--s3-no-check-bucket", "--ca-cert",
                    destination.authority], {
        "RCLONE_CONFIG_BENCH_TYPE": "s3",
        "RCLONE_CONFIG_BENCH_PROVIDER": "Minio",
        "RCLONE_CONFIG_BENCH_ENDPOINT": destination.endpoint,
        "RCLONE_CONFIG_BENCH_ACCESS_KEY_ID": destination.access_key,
        "RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY": destination.secret_key,
        "RCLONE_CONFIG_BENCH_REGION": REGION,
    })
