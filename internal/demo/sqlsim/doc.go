// Package sqlsim is the sqlplus program of the simulated Oracle home: it logs on
// as SQL*Plus does, reads a script, answers SELECTs over the V$ views of an
// oradb database, and runs STARTUP, SHUTDOWN, ALTER SYSTEM and ALTER DATABASE.
//
// Output is laid out as SQL*Plus lays it out, with its settings, and everything
// that it refuses comes with Oracle's code. What it does not know (PL/SQL, DML,
// analytic functions, host commands) is refused, never ignored.
package sqlsim
