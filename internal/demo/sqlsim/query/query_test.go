package query_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/demo/sqlsim/query"
)

// tables is a catalog in memory.
type tables map[string]*query.Table

func (t tables) Table(name string) (*query.Table, bool, error) {
	if name == "V$CLOSED" {
		return nil, true, &query.Error{Code: 1507, Text: "database not mounted", Pos: -1}
	}
	return t[name], t[name] != nil, nil
}

var day = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

func catalog() tables {
	text := func(n string) query.Column { return query.Column{Name: n, Type: query.Char, Width: 20} }
	num := func(n string) query.Column { return query.Column{Name: n, Type: query.Number} }
	date := func(n string) query.Column { return query.Column{Name: n, Type: query.Date} }
	return tables{
		"DUAL": {Columns: []query.Column{{Name: "DUMMY", Width: 1}}, Rows: [][]query.Value{{"X"}}},
		"FILES": {
			Columns: []query.Column{num("FILE#"), text("NAME"), num("TS#"), num("BYTES")},
			Rows: [][]query.Value{
				{query.Int(1), "system01.dbf", query.Int(0), query.Int(800)},
				{query.Int(2), "sysaux01.dbf", query.Int(1), query.Int(600)},
				{query.Int(3), "data01.dbf", query.Int(4), query.Int(100)},
				{query.Int(4), "data02.dbf", query.Int(4), nil},
			},
		},
		"SPACES": {
			Columns: []query.Column{num("TS#"), text("NAME"), date("MADE")},
			Rows:    [][]query.Value{{query.Int(0), "SYSTEM", day}, {query.Int(1), "SYSAUX", nil}, {query.Int(4), "DATA", day.Add(48 * time.Hour)}},
		},
	}
}

// run gives rows as a|b lines.
func run(sql string) (string, error) {
	env := query.Env{Now: day, Zone: time.UTC, DateFormat: "YYYY-MM-DD HH24:MI:SS", User: "SYS"}
	res, err := query.Run(sql, catalog(), env)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, row := range res.Rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, query.Display(v, env))
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return strings.Join(lines, "\n"), nil
}

func TestSelect(t *testing.T) {
	cases := []struct{ sql, want string }{
		{"SELECT 1 FROM dual", "1"},
		{"select 'a'||NULL||'b''c' from dual;", "ab'c"},
		{"SELECT NVL('', 'empty') FROM dual", "empty"},
		{"SELECT 'A|'||file#||'|'||name||'|' FROM files WHERE file# IN (1,3)", "A|1|system01.dbf|\nA|3|data01.dbf|"},
		{"SELECT name FROM files WHERE bytes IS NULL", "data02.dbf"},
		{"SELECT name FROM files WHERE NOT (bytes > 100 OR bytes < 50)", "data01.dbf"},
		{"SELECT COUNT(*), COUNT(bytes), SUM(bytes), MAX(name), MIN(bytes), AVG(bytes) FROM files", "4|3|1500|system01.dbf|100|500"},
		{"SELECT s.name, COUNT(*) n FROM files f, spaces s WHERE f.ts# = s.ts# GROUP BY s.name ORDER BY n DESC, 1", "DATA|2\nSYSAUX|1\nSYSTEM|1"},
		{"SELECT s.name FROM files f JOIN spaces s ON s.ts# = f.ts# WHERE f.file# = '2'", "SYSAUX"},
		{"SELECT f.name, s.name FROM spaces s LEFT OUTER JOIN files f ON f.ts# = s.ts# AND f.bytes > 100 ORDER BY f.name NULLS FIRST", "|DATA\nsysaux01.dbf|SYSAUX\nsystem01.dbf|SYSTEM"},
		{"SELECT name FROM files WHERE ts# IN (SELECT ts# FROM spaces WHERE name LIKE 'SYS%') ORDER BY name DESC", "system01.dbf\nsysaux01.dbf"},
		{"SELECT name FROM files f WHERE EXISTS (SELECT 1 FROM spaces s WHERE s.ts# = f.ts# AND s.name = 'DATA')", "data01.dbf\ndata02.dbf"},
		{"SELECT (SELECT MAX(file#) FROM files) FROM dual", "4"},
		{"SELECT name FROM files WHERE ROWNUM <= 2", "system01.dbf\nsysaux01.dbf"},
		{"SELECT n FROM (SELECT name n FROM files ORDER BY name) WHERE ROWNUM = 1", "data01.dbf"},
		{"SELECT DISTINCT ts# FROM files ORDER BY 1", "0\n1\n4"},
		{"SELECT ts# FROM files WHERE file# < 3 UNION SELECT 0 FROM dual ORDER BY 1 DESC", "1\n0"},
		{"SELECT DECODE(ts#, 0, 'zero', 1, 'one', 'many') FROM files WHERE file# BETWEEN 2 AND 3", "one\nmany"},
		{"SELECT CASE WHEN bytes >= 600 THEN 'big' WHEN bytes IS NULL THEN '?' ELSE 'small' END FROM files", "big\nbig\nsmall\n?"},
		{"SELECT CASE ts# WHEN 4 THEN 'd' END FROM files WHERE (file# = 3) AND ((ts# = 4 OR ts# = 5))", "d"},
		{"SELECT TO_CHAR(made,'YYYY-MM-DD\"T\"HH24:MI:SS') FROM spaces WHERE made < TO_DATE('2026-03-15','YYYY-MM-DD')", "2026-03-14T15:09:26"},
		{"SELECT name FROM spaces WHERE made >= '2026-03-16 15:09:26'", "DATA"},
		{"SELECT SYSDATE-1, TRUNC(SYSDATE), TO_CHAR(SYSTIMESTAMP,'TZH:TZM') FROM dual", "2026-03-13 15:09:26|2026-03-14 00:00:00|+00:00"},
		{"SELECT ROUND(1/3*100,2), TRUNC(1.99), 1/4, MOD(7,3), -5 FROM dual", "33.33|1|.25|1|-5"},
		{"SELECT TO_CHAR(1234.5,'9,999.99'), TO_CHAR(7,'FM000'), TO_CHAR(18446744073709551615), TO_CHAR(12345,'999') FROM dual", " 1,234.50|007|18446744073709551615|####"},
		{"SELECT SUBSTR('oracle',2,3), SUBSTR('oracle',-2), INSTR('a/b/c','/',-1), REPLACE('a b',' '), UPPER('x'), LPAD('7',3,'0'), LENGTH('abc'), CHR(65) FROM dual", "rac|le|4|ab|X|007|3|A"},
		{"SELECT COUNT(*) FROM files WHERE 1=0", "0"},
		{"SELECT ts#, COUNT(*) FROM files GROUP BY ts# HAVING COUNT(*) > 1", "4|2"},
		{"SELECT name FROM files ORDER BY bytes DESC", "data02.dbf\nsystem01.dbf\nsysaux01.dbf\ndata01.dbf"},
		{"SELECT /* why */ q'[it's]' FROM sys.dual -- end", "it's"},
		{"SELECT name FROM files ORDER BY file# FETCH FIRST 1 ROWS ONLY", "system01.dbf"},
		{"SELECT f.* FROM files f WHERE f.file# = 1", "1|system01.dbf|0|800"},
		{"SELECT user FROM dual", "SYS"},
		{"SELECT COALESCE(NULL, NULLIF(1,1), 3), GREATEST(1,5,2) FROM dual", "3|5"},
	}
	for _, tc := range cases {
		got, err := run(tc.sql)
		if err != nil {
			t.Errorf("%s: %v", tc.sql, err)
		} else if got != tc.want {
			t.Errorf("%s\n got %q\nwant %q", tc.sql, got, tc.want)
		}
	}
}

func TestSelectRefusals(t *testing.T) {
	cases := []struct {
		sql  string
		code int
		at   string // the text at the place the error points to
	}{
		{"SELECT 1 FROM nowhere", 942, "nowhere"},
		{"SELECT nothing FROM files", 904, "nothing"},
		{"SELECT f.nothing FROM files f", 904, "f.nothing"},
		{"SELECT files.name FROM files f", 904, "files.name"},
		{"SELECT name FROM files, spaces", 918, "name FROM"},
		{"SELECT 1", 923, ""},
		{"SELECT 1 FROM dual WHERE", 936, ""},
		{"SELECT 1 FROM dual WHERE 1", 920, ""},
		{"SELECT (1 FROM dual", 907, "FROM"},
		{"SELECT 1 FROM dual ORDER name", 924, "name"},
		{"SELECT 'x FROM dual", 1756, "'x FROM dual"},
		{"SELECT 1 FROM dual !", 911, "!"},
		{"SELECT 1 FROM dual x y", 933, "y"},
		{"SELECT 1/0 FROM dual", 1476, "/0"},
		{"SELECT 'a'+1 FROM dual", 1722, "'a'"},
		{"SELECT name, COUNT(*) FROM files", 937, "name, COUNT"},
		{"SELECT name, COUNT(*) FROM files GROUP BY ts#", 979, "name, COUNT"},
		{"SELECT name FROM files WHERE COUNT(*) > 1", 934, "COUNT"},
		{"SELECT frob(1) FROM dual", 904, "frob"},
		{"SELECT NVL(1) FROM dual", 938, "NVL"},
		{"SELECT TO_DATE('2026','YYYY-MM') FROM dual", 1840, ""},
		{"SELECT TO_DATE('2026-13','YYYY-MM') FROM dual", 1843, ""},
		{"SELECT TO_CHAR(SYSDATE,'QQQX') FROM dual", 1821, ""},
		{"SELECT (SELECT file# FROM files) FROM dual", 1427, "(SELECT file#"},
		{"SELECT LAG(file#) OVER (ORDER BY 1) FROM files", 923, "OVER"},
		{"SELECT 1 FROM v$closed", 1507, ""},
		{"DROP TABLE x", 900, "DROP"},
	}
	for _, tc := range cases {
		_, err := run(tc.sql)
		var q *query.Error
		if !errors.As(err, &q) || q.Code != tc.code {
			t.Errorf("%s: %v, want ORA-%05d", tc.sql, err, tc.code)
			continue
		}
		if tc.at != "" && (q.Pos < 0 || !strings.HasPrefix(tc.sql[q.Pos:], tc.at)) {
			t.Errorf("%s: %v points to %d", tc.sql, err, q.Pos)
		}
	}
}

func FuzzRun(f *testing.F) {
	for _, s := range []string{"SELECT a FROM b WHERE c IN (1,2)", "SELECT CASE WHEN 1=1 THEN 'x' END FROM dual", "select q'[x", "SELECT ((1)) FROM files f JOIN spaces ON (1=1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		_, err := run(sql)
		var q *query.Error
		if err != nil && !errors.As(err, &q) {
			t.Fatalf("%q: %v is not Oracle's", sql, fmt.Sprint(err))
		}
	})
}
