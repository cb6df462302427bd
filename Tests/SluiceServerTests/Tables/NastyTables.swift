/// A table of each database with what is hard to keep: bounds, infinities, dates of other eras, all kinds of text and bytes.
enum NastyTables {
    /// Statements that make the table `nasty`.
    static func sql(of database: DatabaseUnderTest) -> String {
        switch database.kind {
        case "postgresql": postgresql
        case "mariadb": mariadb
        default: sqlite
        }
    }

    /// An empty table of the same columns.
    static func empty(_ name: String, _ database: DatabaseUnderTest) -> String {
        switch database.kind {
        case "postgresql": "drop table if exists \(name); create table \(name) (like nasty)"
        case "mariadb": "drop table if exists \(name); create table \(name) like nasty"
        default: "drop table if exists \(name); create table \(name) (\(sqliteColumns))"
        }
    }

    /// All that a table holds, as the database's own client shows it.
    static func rows(of name: String, _ database: DatabaseUnderTest) -> String {
        switch database.kind {
        case "postgresql": "select * from \(name) order by id"
        // Bits as numbers, bytes as digits.
        case "mariadb": "select *, bi + 0, b1 + 0, hex(y), hex(vb), hex(fb), hex(t) from \(name) order by id"
        default:
            "select id, quote(i), quote(r), quote(t), quote(b), quote(n), quote(d), quote(bo), quote(da), quote(lb), quote(vc) from \(name) order by id"
        }
    }

    private static let postgresql = #"""
        drop table if exists nasty, nasty_back, nasty_made; drop type if exists mood;
        create type mood as enum ('sad', 'so "so"', 'ok');
        create table nasty (id integer primary key, b boolean, i2 int2, i8 int8, n numeric, n2 numeric(20,4), f4 real, f8 float8, t text, v varchar(20), c char(4), y bytea, d date, ti time, tt timetz, ts timestamp, tz timestamptz, u uuid, iv interval, j jsonb, a text[], e mood, bi bit(5), vb varbit, o oid, na name);
        insert into nasty (id) values (1);
        insert into nasty values
        (2, true, 32767, 9223372036854775807, 1234567890123456789012345678901234567890.000123456789, 9999999999999999.9999, 3.4028235e38, 1.7976931348623157e308, E'a,"b"\r\n''c''\\N \\x41 {}', 'ü😀', 'x', '\x00ff22'::bytea, '5874897-12-31', '24:00:00', '23:59:59.999999+14', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '1 year 2 days 03:04:05.6', '{"a": [1, "x\"y", null]}', array['a', null, 'NULL', '', 'q"\,{}'], 'so "so"', '10101', '1', 4294967295, 'na"me'),
        (3, false, -32768, -9223372036854775808, 'NaN', -0.0001, 1e-45, 5e-324, '', '', '', '', '0044-03-15 BC', '00:00:00', '00:00:00-12:30', '0044-03-15 10:00:00 BC', '0044-03-15 10:00:00+00 BC', '00000000-0000-0000-0000-000000000000', '-1 day', 'null', '{}', 'sad', '00000', '', 0, ''),
        (4, null, 0, 0, 0.00, 0.1, 'NaN', '-Infinity', 'NULL', '\N', 'null', '\x5c78', 'infinity', '12:34:56.5', '12:34:56+02', '-infinity', 'infinity', null, '0', '"x"', '{{a,b},{c,d}}', 'ok', '11111', '1010', 1, 'x'),
        (5, null, 1, 1, -1e-20, 0, '-0', '-0', ' lead and trail ', '	tab', ' a', '\x0a', '0001-01-01', '00:00:00.000001', null, '0001-01-01 00:00:00', '1582-10-10 12:00:00+00', null, null, '[]', null, null, null, '101', null, null),
        (6, null, 1, 1, 'infinity', 0, 0.1, 0.1, repeat('é"\', 20000), E'\u2028\u0085', 'é', decode(repeat('00ff', 30000), 'hex'), '10000-01-01', null, null, '1999-12-31 23:59:59.5', '2020-06-01 12:34:56+02', null, null, '1e400', null, null, null, null, null, null);
        """#

    private static let mariadb = #"""
        drop table if exists nasty, nasty_back, nasty_made;
        create table nasty (id integer primary key, b boolean, i1 tinyint unsigned, i3 mediumint, i8 bigint, u8 bigint unsigned, n decimal(65,30), n2 decimal(20,4), f4 float, f8 double, t longtext, v varchar(20), c char(4), y longblob, vb varbinary(20), fb binary(4), d date, ti time(6), dt datetime(6), ts timestamp(6) null, yr year, bi bit(12), b1 bit(1), e enum('sad','so "so"'), s set('a','b'), j json, u uuid);
        insert into nasty (id) values (1);
        set sql_mode = concat(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO');
        insert into nasty values
        (2, true, 255, 8388607, 9223372036854775807, 18446744073709551615, 12345678901234567890123456789012345.678901234567890123456789012345, 9999999999999999.9999, 3.40282e38, 1.7976931348623157e308, 'a,"b"\r\n''c''\\N \\x41', 'ü😀', 'x', x'00ff22', x'00', x'00ff00ff', '9999-12-31', '838:59:59.999999', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07.999999', 2155, b'101010101010', b'1', 'so "so"', 'a,b', '{"a": [1, "x\\"y", null]}', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
        (3, false, 0, -8388608, -9223372036854775808, 0, -0.000000000000000000000000000001, -0.0001, 1e-38, 2.2250738585072014e-308, '', '', '', '', '', '', '0000-00-00', '-838:59:59.999999', '0000-00-00 00:00:00', '1970-01-01 00:00:01', 1901, b'0', b'0', 'sad', '', 'null', null),
        (4, null, 1, 0, 0, 1, 0, 0.1, 0.1, 1e0 / 3, 'NULL', '\\N', 'null', x'5c78', x'0a', 'x', '0001-01-01', '00:00:00.000001', '0001-01-01 00:00:00.000001', null, null, null, null, null, 'b', '[]', null),
        (5, null, 1, 0, 0, 1, 0, 0, -0.0, -0e0, repeat('é"\\', 20000), ' lead and trail ', ' a', repeat(x'00ff', 30000), null, null, '1582-10-10', '12:34:56.5', '2020-06-01 12:34:56.5', null, null, null, null, null, null, null, null),
        (6, null, 1, 0, 0, 1, 0, 0, 0, 0, concat('a', char(0), 'b'), '\t', '\n', char(0), null, null, null, null, null, null, null, null, null, null, null, null, null);
        """#

    private static let sqlite = #"""
        drop table if exists nasty; drop table if exists nasty_back; drop table if exists nasty_made;
        create table nasty (id integer primary key, i integer, r real, t text, b blob, n numeric, d decimal(20, 4), bo boolean, da date, lb longblob, vc varchar(10));
        insert into nasty (id) values (1);
        insert into nasty values
        (2, 9223372036854775807, 1.5e300, 'a,"b"' || char(13, 10) || '''c''\N', x'00ff22', 123456789012345, 12345.6789, 1, '2024-02-29', x'00', 'ü😀'),
        (3, -9223372036854775808, 2.5e-300, '', x'', 0, -0.1, 0, '-0043-03-15', x'ff', ''),
        (4, 0, 0.1, 'NULL', x'5c78', 0.1, 0.5, null, null, null, '\x41'),
        (5, 0, 1e0 / 3, replace(printf('%.*c', 20000, 'z'), 'z', 'é"\'), x'', 1e300, 0, null, null, null, ' x '),
        (6, 1, 123456789.123456789, char(9), zeroblob(60000), -1, 1e15, 1, 'x', zeroblob(3), 'y');
        """#

    private static let sqliteColumns =
        "id integer primary key, i integer, r real, t text, b blob, n numeric, d decimal(20, 4), bo boolean, da date, lb longblob, vc varchar(10)"
}
