#pragma once
#include <sql.h>
#include <sqlext.h>
#include <odbcinst.h>

// Attributes that are numbers go where others have pointers.

static inline SQLRETURN sluice_set_environment(SQLHENV handle, SQLINTEGER attribute, SQLULEN value) {
    return SQLSetEnvAttr(handle, attribute, (SQLPOINTER)value, 0);
}

static inline SQLRETURN sluice_set_connection(SQLHDBC handle, SQLINTEGER attribute, SQLULEN value) {
    return SQLSetConnectAttr(handle, attribute, (SQLPOINTER)value, 0);
}

static inline SQLRETURN sluice_set_statement(SQLHSTMT handle, SQLINTEGER attribute, SQLULEN value) {
    return SQLSetStmtAttr(handle, attribute, (SQLPOINTER)value, 0);
}
