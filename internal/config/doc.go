// Package config turns .env, the environment and the flags into one validated
// Config. One table of keys drives loading, validation, .env.example and the
// README's key table.
//
// Load reports every wrong key at once. No error, warning or rendering of a
// Config holds a secret: secrets are of type Secret, whose every rendering is
// "***". Nothing here writes to the process environment or to disk.
package config

//go:generate go test -run TestExampleFileIsGenerated -update .
