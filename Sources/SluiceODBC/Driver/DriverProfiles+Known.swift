extension DriverProfiles {
    /// What is known of drivers, measured with psqlODBC 13.02, MariaDB Connector/ODBC 3.1.15 and SQLite ODBC 0.9998.
    static let known = #"""
        [postgresql]
        drivers = psqlodbc, postgresql
        ; Without a cursor the driver holds the whole result: 1.5 GB for two million rows.
        option.UseDeclareFetch = 1
        option.Fetch = 10000
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
        orders-as-it-compares = yes
        ; Rows by where they lie; of a partitioned table in each of its partitions.
        blocks = select max(pg_relation_size(t.relid)) / current_setting('block_size')::bigint from pg_class c, lateral (select c.oid as relid where c.relkind <> 'p' union all select p.relid from pg_partition_tree(c.oid) p where c.relkind = 'p') t where c.oid = to_regclass({relation-text}) and c.relkind in ('r', 'm', 'p')
        block-from = ctid >= '({block},0)'::tid
        block-to = ctid < '({block},0)'::tid
        ; A row that moves is written anew, by a transaction that was not over then; or the whole file is.
        block-mark = select txid_snapshot_xmin(txid_current_snapshot()) % 4294967296 || ':' || pg_relation_filenode(to_regclass({relation-text})) || ':' || (select coalesce(string_agg(pg_relation_filenode(relid)::text, ',' order by relid), '') from pg_partition_tree(to_regclass({relation-text})))
        blocks-moved = select 1 where substr('{mark}', strpos('{mark}', ':')) is distinct from (select ':' || pg_relation_filenode(to_regclass({relation-text})) || ':' || (select coalesce(string_agg(pg_relation_filenode(relid)::text, ',' order by relid), '') from pg_partition_tree(to_regclass({relation-text})))) union all select 1 from {relation} where age(xmin) <= age(split_part('{mark}', ':', 1)::xid)
        snapshot-by-transaction = yes
        snapshot-begin = set transaction isolation level repeatable read, read only
        snapshot-export = select pg_export_snapshot()
        snapshot-import = set transaction snapshot '{snapshot}'

        [mariadb]
        drivers = maodbc, mariadb, myodbc, mysql
        ; Without these the driver holds the whole result.
        option.FORWARDONLY = 1
        option.NO_CACHE = 1
        on-connect = set time_zone = '+00:00'
        ; SQLSetPos leads to another row.
        rereads-cells = no
        lost-connection = 2006, 2013, 2055, 1927
        estimate = explain {statement}
        sample = select {literal} from {relation} where {column} is not null and rand() < {fraction} order by {column}
        literal.number = cast({column} as char)
        literal.time = concat('''', {column}, '''')
        ; Whatever the sql_mode takes a backslash for. The column's collation is the one that compares.
        literal.text = concat('_utf8mb4 x''', hex(convert({column} using utf8mb4)), '''')
        snapshot-begin = set session transaction isolation level repeatable read
        snapshot-begin = start transaction with consistent snapshot, read only
        snapshot-hold = set session lock_wait_timeout = 10
        snapshot-hold = flush tables with read lock
        snapshot-release = unlock tables

        [sqlite]
        drivers = sqlite
        ; Any row may hold any type, so that what a column is said to be is only said.
        types-are-claims = yes
        rereads-cells = no
        on-connect = pragma query_only = off
        ; The driver writes fifteen digits: here are as many as read back as the same number.
        read.* = case typeof({column}) when 'blob' then lower(hex({column})) when 'real' then case when cast(printf('%.15g', {column}) as real) = {column} then printf('%.15g', {column}) when cast(printf('%.16g', {column}) as real) = {column} then printf('%.16g', {column}) else printf('%!.17g', {column}) end else {column} end
        read.blob = {column}
        estimate = select max(rowid) from {relation}
        sample = select {literal} from {relation} where {column} is not null and abs(random() % 1000000000) < {fraction} * 1000000000 order by {column}
        literal.* = quote({column})
        orders-as-it-compares = yes
        snapshot-begin = begin
        snapshot-begin = select count(*) from sqlite_master
        snapshot-hold = begin immediate
        snapshot-release = rollback
        """#
}
