extension DriverProfiles {
    /// What is known of drivers, measured with psqlODBC 13.02, MariaDB Connector/ODBC 3.1.15 and SQLite ODBC 0.9998.
    static let known = #"""
        [postgresql]
        drivers = psqlodbc, postgresql
        ; Without a cursor the driver holds the whole result: 1.5 GB for two million rows.
        option.UseDeclareFetch = 1
        option.Fetch = 10000
        ; SQL_ATTR_PGOPT_FETCH: the same for rows to come. 1,500 rows of 1 MiB are 1.5 GB at 10,000 a time.
        fetch-attribute = 65541
        option.BoolsAsChar = 0
        ; Texts without a bound are described by a size that is made up: this one, in characters.
        option.MaxLongVarcharSize = 8190
        option.MaxVarcharSize = 255
        option.ByteaAsLongVarBinary = 1
        option.UseServerSidePrepare = 1
        ; No savepoint around each statement: a snapshot can't be taken within one.
        option.Protocol = 7.4-0
        on-connect = set time zone 'UTC'
        on-connect = set datestyle = 'ISO, YMD'
        on-connect = set extra_float_digits = 1
        rereads-cells = yes
        ; The driver cuts dates before year 1 and after 9999 short, and makes a date of infinity.
        read.date = {column}::text
        read.timestamp without time zone = {column}::text
        read.timestamp = {column}::text
        read.timestamptz = {column}::text
        read.time = {column}::text
        read.timetz = {column}::text
        read.interval = {column}::text
        estimate = explain {statement}
        ; Whole blocks, whose rows are alike: more of them.
        sample-table = select {literal} from {relation} tablesample system (least(100, 8 * {percent})) where {column} is not null order by {column}
        sample = select {literal} from {relation} where {column} is not null and random() < {fraction} order by {column}
        literal.* = quote_literal({column}::text)
        hash.* = (hashtext({column}::text) & 2147483647) % {parts} = {part}
        orders-as-it-compares = yes
        ; Rows by where they lie; of a partitioned table in each of its partitions.
        blocks = select max(pg_relation_size(t.relid)) / current_setting('block_size')::bigint from pg_class c, lateral (select c.oid as relid where c.relkind <> 'p' union all select p.relid from pg_partition_tree(c.oid) p where c.relkind = 'p') t where c.oid = to_regclass({relation-text}) and c.relkind in ('r', 'm', 'p')
        block-from = ctid >= '({block},0)'::tid
        block-to = ctid < '({block},0)'::tid
        ; A row that moves is written anew, by a transaction that was not over then; or the whole file is.
        block-mark = select txid_snapshot_xmin(txid_current_snapshot()) % 4294967296 || ':' || pg_relation_filenode(to_regclass({relation-text})) || ':' || (select coalesce(string_agg(pg_relation_filenode(relid)::text, ',' order by relid), '') from pg_partition_tree(to_regclass({relation-text})))
        blocks-moved = select 1 where substr('{mark}', strpos('{mark}', ':')) is distinct from (select ':' || pg_relation_filenode(to_regclass({relation-text})) || ':' || (select coalesce(string_agg(pg_relation_filenode(relid)::text, ',' order by relid), '') from pg_partition_tree(to_regclass({relation-text})))) union all select 1 from {relation} where age(xmin) <= age(split_part('{mark}', ':', 1)::xid)
        ; A row as one text, which takes the driver a sixth of what 16 cells take it; many of them, a third of that.
        pack-row = row({cells})::text
        ; Of values of some KB the server makes texts more slowly than the driver passes them on: half as fast in all.
        pack-where = select 1 from pg_class where oid = to_regclass({relation-text}) and (reltoastrelid = 0 or pg_relation_size(reltoastrelid) < pg_relation_size(oid))
        pack.bytea = encode({column}, 'hex')
        pack.float4 = {column}
        pack.float8 = {column}
        pack-blocks = select (select string_agg({row}, chr(10)) from {relation} where ({condition}) and ctid >= ('(' || sluice_blocks.block || ',0)')::tid and ctid < ('(' || sluice_blocks.block + {blocks} || ',0)')::tid) from generate_series(0, pg_relation_size(to_regclass({relation-text})) / current_setting('block_size')::bigint, {blocks}) as sluice_blocks (block)
        ; Rows are found by their blocks from PostgreSQL 14 on, and no value is long where none lies outside of them.
        pack-blocks-where = select 1 from pg_class c join pg_am a on a.oid = c.relam where c.oid = to_regclass({relation-text}) and c.relkind in ('r', 'm') and a.amname = 'heap' and not c.relhassubclass and current_setting('server_version_num')::int >= 140000 and (c.reltoastrelid = 0 or pg_relation_size(c.reltoastrelid) = 0)
        snapshot-by-transaction = yes
        snapshot-begin = set transaction isolation level repeatable read, read only
        snapshot-export = select pg_export_snapshot()
        snapshot-import = set transaction snapshot '{snapshot}'
        ; What numeric without a bound is described as.
        write.made-up-decimal = 28, 6
        write.way = text-arrays
        ; By array: 0.5 µs of CPU a row of lineitem; by arrays of parameters, which the driver sends as statements, 6 µs.
        write.rows = select {values} from unnest({parameters}) as sluice_rows ({aliases})
        ; Arrays of the column's own type: the server takes 6 µs a row of lineitem, and 10 µs for texts that are cast one by one.
        write.parameter = ?::{array}
        write.value = {value}::{type}
        ; Without a length: a cast to one cuts, an assignment refuses.
        write.types = with recursive base(attname, oid, declared) as (select attname, atttypid, format_type(atttypid, atttypmod) from pg_attribute where attrelid = {table}::regclass and attnum > 0 and not attisdropped union all select attname, typbasetype, format_type(typbasetype, typtypmod) from base join pg_type on pg_type.oid = base.oid and typbasetype <> 0) select attname, format_type(base.oid, -1), declared, case when typcategory = 'A' or typarray = 0 then 'text[]' else format_type(typarray, -1) end from base join pg_type on pg_type.oid = base.oid where typbasetype = 0
        write.timeout = set statement_timeout = {milliseconds}
        write.row-faults = 22, 23, 44, 45, P0, 54000
        write.passing = 40, 55P03
        write.zero = no
        write.dates = bc
        write.transaction = select txid_current()
        write.transaction-state = select txid_status({transaction})
        write.upsert = on conflict ({keys}) do update set {assignments}
        write.upsert-keys-only = on conflict ({keys}) do nothing
        write.upsert-column = {column} = excluded.{column}
        type.boolean = boolean
        type.integer8 = smallint
        type.integer16 = smallint
        type.integer32 = integer
        type.integer64 = bigint
        type.unsigned8 = smallint
        type.unsigned16 = integer
        type.unsigned32 = bigint
        type.unsigned64 = numeric(20)
        type.decimal = numeric({precision}, {scale})
        type.number = numeric
        type.real32 = real
        type.real64 = double precision
        type.text = text
        type.binary = bytea
        type.date = date
        type.time = time
        type.timestamp = timestamp
        type.instant = timestamptz
        type.uuid = uuid

        [mariadb]
        drivers = maodbc, mariadb, myodbc, mysql
        ; This version holds the whole result whatever it is told; others don't with these.
        option.FORWARDONLY = 1
        option.NO_CACHE = 1
        on-connect = set time_zone = '+00:00'
        ; SQLSetPos leads to another row.
        rereads-cells = no
        lost-connection = 2006, 2013, 2055, 1927
        estimate = explain {statement}
        sample = select {literal} from {relation} where {column} is not null and rand() < {fraction} order by {column}
        ; A million rows of lineitem were 130 MB in the driver.
        slice-key = show keys from {relation} where Key_name = 'PRIMARY' and Seq_in_index = 1
        slice-bound = select {literal} from {relation} where {condition} order by {column} limit 1 offset {rows}
        literal.number = cast({column} as char)
        literal.time = concat('''', {column}, '''')
        ; Whatever the sql_mode takes a backslash for. The column's collation is the one that compares.
        hash.* = crc32({column}) % {parts} = {part}
        literal.text = concat('_utf8mb4 x''', hex(convert({column} using utf8mb4)), '''')
        snapshot-begin = set session transaction isolation level repeatable read
        snapshot-begin = start transaction with consistent snapshot, read only
        snapshot-hold = set session lock_wait_timeout = 10
        snapshot-hold = flush tables with read lock
        snapshot-release = unlock tables
        ; Arrays of parameters by columns are one packet: 0.8 µs of CPU a row of lineitem; by rows they are statements, 23 µs.
        write.on-connect = set session sql_mode = concat(@@sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')
        write.timeout = set session max_statement_time = {seconds}
        write.row-faults = 22, 23, 44, 45, HY000/1364, HY000/1366, HY000/4025
        write.passing = 40, HY000/1205
        write.lost = 08, HY018/1927, HY000/2006, HY000/2013
        write.booleans = digits
        write.instants = utc
        ; By any of the table's unique keys.
        write.upsert = on duplicate key update {assignments}
        write.upsert-keys-only = on duplicate key update {key} = {key}
        write.upsert-column = {column} = values({column})
        write.most-digits = 65
        type.boolean = boolean
        type.integer8 = tinyint
        type.integer16 = smallint
        type.integer32 = integer
        type.integer64 = bigint
        type.unsigned8 = tinyint unsigned
        type.unsigned16 = smallint unsigned
        type.unsigned32 = integer unsigned
        type.unsigned64 = bigint unsigned
        type.decimal = decimal({precision}, {scale})
        type.number = decimal(65, 30)
        type.real32 = float
        type.real64 = double
        type.text = longtext
        type.binary = longblob
        type.date = date
        type.time = time(6)
        type.timestamp = datetime(6)
        type.instant = datetime(6)
        ; Its own type refuses those whose version and variant it doesn't know.
        type.uuid = char(36)

        [sqlite]
        drivers = sqlite
        ; Without it the driver holds the whole result: 80 bytes a row of a number and a word, 6 MB in all with it.
        option.StepAPI = 1
        ; Any row may hold any type, so that what a column is said to be is only said.
        types-are-claims = yes
        rereads-cells = no
        on-connect = pragma query_only = off
        ; The driver writes fifteen digits: here are as many as read back as the same number.
        read.* = case typeof({column}) when 'blob' then lower(hex({column})) when 'real' then case when cast(printf('%.15g', {column}) as real) = {column} then printf('%.15g', {column}) when cast(printf('%.16g', {column}) as real) = {column} then printf('%.16g', {column}) else printf('%!.17g', {column}) end else {column} end
        read.blob = {column}
        read.tinyblob = {column}
        read.mediumblob = {column}
        read.longblob = {column}
        estimate = select max(rowid) from {relation}
        sample = select {literal} from {relation} where {column} is not null and abs(random() % 1000000000) < {fraction} * 1000000000 order by {column}
        literal.* = quote({column})
        ; Of a text it makes the number that it begins with, and 0 of most: that is no hash.
        hash.integer = abs({column} % {parts}) = {part}
        orders-as-it-compares = yes
        snapshot-begin = begin
        snapshot-begin = select count(*) from sqlite_master
        snapshot-hold = begin immediate
        snapshot-release = rollback
        write.connections = 1
        ; In an array all bytes are taken to be as long as the first.
        write.arrays-of-bytes = no
        write.row-faults = 22, 23, HY000/19, HY000/20, HY000/18
        write.passing = 40, HY000/5, HY000/6
        write.booleans = digits
        write.upsert = on conflict ({keys}) do update set {assignments}
        write.upsert-keys-only = on conflict ({keys}) do nothing
        write.upsert-column = {column} = excluded.{column}
        type.boolean = boolean
        type.integer8 = integer
        type.integer16 = integer
        type.integer32 = integer
        type.integer64 = integer
        type.unsigned8 = integer
        type.unsigned16 = integer
        type.unsigned32 = integer
        type.unsigned64 = numeric
        type.decimal = decimal({precision}, {scale})
        type.number = numeric
        type.real32 = real
        type.real64 = real
        type.text = text
        type.binary = blob
        type.date = date
        type.time = time
        type.timestamp = timestamp
        type.instant = timestamptz
        type.uuid = uuid
        """#
}
