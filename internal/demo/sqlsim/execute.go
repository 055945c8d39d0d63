package sqlsim

import (
	"errors"
	"strconv"
	"strings"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/sqlsim/query"
)

// sql runs one statement, without its semicolon.
func (s *session) sql(text string) {
	if !s.logged {
		s.print("SP2-0640: Not connected")
		return
	}
	words := strings.Fields(strings.ToUpper(text))
	if len(words) == 0 {
		return
	}
	var err error
	switch words[0] {
	case "SELECT", "(SELECT":
		err = s.selectRows(text)
	case "ALTER":
		err = s.alter(text, words)
	case "COMMIT":
		s.done("Commit complete.")
	case "ROLLBACK":
		s.done("Rollback complete.")
	case "WITH":
		err = &query.Error{Code: 900, Text: "invalid SQL statement"}
	default:
		err = s.refuse()
	}
	if err != nil {
		s.sqlError(text, err)
	}
}

// refuse answers the statements that exist but that this database does not do.
func (s *session) refuse() error {
	if err := s.openDatabase(); err != nil {
		return err
	}
	return &query.Error{Code: 900, Text: "invalid SQL statement"}
}

// openDatabase refuses what needs an open database.
func (s *session) openDatabase() error {
	in, err := s.db.Instance()
	switch {
	case err != nil:
	case in.State == oradb.Down:
		err = idle()
	case in.State == oradb.NoMount:
		err = oradb.Ora(1507, "database not mounted")
	case in.State == oradb.Mounted:
		err = oradb.Ora(1109, "database not open")
	}
	return err
}

func (s *session) selectRows(text string) error {
	w, err := newWorld(s.db)
	if err != nil {
		return err
	}
	if w.in.State == oradb.Down {
		return idle()
	}
	res, err := query.Run(text, catalog{w}, s.environment(w))
	if err != nil {
		return err
	}
	s.show(res, s.environment(w))
	return nil
}

func (s *session) environment(w *world) query.Env {
	return query.Env{Now: w.now, Zone: s.zone, DateFormat: s.nls, User: "SYS"}
}

// done prints that a statement did its work.
func (s *session) done(what string) {
	if s.set.feedback > 0 {
		s.print("", what, "")
	}
}

// sqlError prints an error with the line it is in and a star below its place.
func (s *session) sqlError(text string, err error) {
	at := 0
	var q *query.Error
	if errors.As(err, &q) && q.Pos > 0 {
		at = min(q.Pos, len(text))
	}
	lines := strings.Split(text, "\n")
	number := strings.Count(text[:at], "\n")
	column := at - (strings.LastIndexByte(text[:at], '\n') + 1)
	s.print(lines[number], strings.Repeat(" ", column)+"*", "ERROR at line "+strconv.Itoa(number+1)+":")
	s.print(strings.Split(err.Error(), "\n")...)
	s.print("", "")
	s.failed(oraCode(err))
}
