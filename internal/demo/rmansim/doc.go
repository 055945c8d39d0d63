// Package rmansim is the rman of the demo: a Recovery Manager that talks to
// the simulated database of package oradb.
//
// It is as strict as the real one. Commands are parsed by package syntax, which
// accepts RMAN's grammar and no more; what RMAN refuses is refused here with
// the same codes; what RMAN does silently and badly (a level 1 on top of a
// level 0 that somebody removed from disk, a file created empty because its
// backup could not be read) happens here as well. It knows nothing of the
// program that calls it.
//
// A test shapes its behaviour by the file [FaultsFile] or the environment:
// RMANSIM_FAULTS (see [Faults]) and RMANSIM_VERSION, the release of the banner.
// ORACLE_HOME, ORACLE_SID, NLS_LANG, NLS_DATE_FORMAT and TZ mean what they mean
// to Oracle. The password of SYS is "demo".
//
// Not simulated, and refused in words: image copies, SBT devices, recovery
// catalogs, DUPLICATE, encryption, pluggable databases.
//
// Everything a killed process may leave behind is a half-written piece, whose
// header is invalid until the piece is complete; records enter the control file
// only when a backup set is complete.
package rmansim
