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

        [mariadb]
        drivers = maodbc, mariadb, myodbc, mysql
        ; Without these the driver holds the whole result.
        option.FORWARDONLY = 1
        option.NO_CACHE = 1
        on-connect = set time_zone = '+00:00'
        ; SQLSetPos leads to another row.
        rereads-cells = no

        [sqlite]
        drivers = sqlite
        ; Any row may hold any type, so that what a column is said to be is only said.
        types-are-claims = yes
        rereads-cells = no
        on-connect = pragma query_only = off
        ; The driver writes fifteen digits: here are as many as read back as the same number.
        read.* = case typeof({column}) when 'blob' then lower(hex({column})) when 'real' then case when cast(printf('%.15g', {column}) as real) = {column} then printf('%.15g', {column}) when cast(printf('%.16g', {column}) as real) = {column} then printf('%.16g', {column}) else printf('%!.17g', {column}) end else {column} end
        read.blob = {column}
        """#
}
