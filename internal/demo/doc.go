// Package demo is the embedded default of --demo: a simulated Oracle with an
// rman and a sqlplus of its own, an embedded S3 server, and some weeks of
// backups that the real engine made under an invented calendar. It needs
// nothing installed, keeps everything in one folder, and never touches a real
// ORACLE_HOME or bucket.
//
// Several processes share one demo: each starts its own S3 server over the
// same folder, and the database is files. It proves recovery: Act's prove
// compares every block with a ledger of all committed changes. What it
// simulates is in its parts: oradb (database), rmansim, sqlsim (programs),
// s3sim (storage).
package demo
