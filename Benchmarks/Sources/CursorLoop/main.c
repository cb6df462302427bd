// Reads a query through ODBC with a block cursor bound as text, and formats nothing: the floor of whoever reads rows.
//
//     cursor-loop CONNECTION QUERY ROWS
//
// The password is SLUICE_ODBC_PASSWORD's. Writes the number of rows to standard error.
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(SQLRETURN code, SQLSMALLINT kind, SQLHANDLE handle, const char *what) {
    if (SQL_SUCCEEDED(code)) return;
    SQLCHAR state[6] = "", text[1024] = "";
    SQLINTEGER native;
    SQLSMALLINT length;
    SQLGetDiagRec(kind, handle, 1, state, &native, text, sizeof text, &length);
    fprintf(stderr, "cursor-loop: %s: %s %s\n", what, state, text);
    exit(1);
}

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: cursor-loop CONNECTION QUERY ROWS\n");
        return 2;
    }
    const char *password = getenv("SLUICE_ODBC_PASSWORD");
    SQLULEN rows = strtoul(words[3], NULL, 10), fetched = 0;
    char connection[4096];
    snprintf(connection, sizeof connection, "%s;Pwd={%s}", words[1], password ? password : "");

    SQLHENV environment;
    SQLHDBC database;
    SQLHSTMT statement;
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
    SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    SQLAllocHandle(SQL_HANDLE_DBC, environment, &database);
    check(SQLDriverConnect(database, NULL, (SQLCHAR *)connection, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT),
          SQL_HANDLE_DBC, database, "connect");
    SQLAllocHandle(SQL_HANDLE_STMT, database, &statement);
    SQLSetStmtAttr(statement, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)rows, 0);
    SQLSetStmtAttr(statement, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
    check(SQLExecDirect(statement, (SQLCHAR *)words[2], SQL_NTS), SQL_HANDLE_STMT, statement, "query");

    SQLSMALLINT columns;
    SQLNumResultCols(statement, &columns);
    for (SQLSMALLINT column = 1; column <= columns; column++) {
        SQLLEN width = 0;
        SQLColAttribute(statement, column, SQL_DESC_DISPLAY_SIZE, NULL, 0, NULL, &width);
        width = 4 * width + 1;
        char *values = malloc(rows * width);
        SQLLEN *lengths = malloc(rows * sizeof *lengths);
        check(SQLBindCol(statement, column, SQL_C_CHAR, values, width, lengths), SQL_HANDLE_STMT, statement, "bind");
    }
    unsigned long total = 0;
    for (;;) {
        SQLRETURN code = SQLFetch(statement);
        if (code == SQL_NO_DATA) break;
        check(code, SQL_HANDLE_STMT, statement, "fetch");
        total += fetched;
    }
    fprintf(stderr, "%lu\n", total);
    return 0;
}
