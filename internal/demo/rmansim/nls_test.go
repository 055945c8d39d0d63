package rmansim

import (
	"testing"
	"time"

	"orabak-tui/internal/demo/oradb"
)

func TestDates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 9, 4, 5, 6, 0, time.UTC)
	for format, want := range map[string]string{
		"DD-MON-RR":                   "09-MAR-26",
		"YYYY-MM-DD HH24:MI:SS":       "2026-03-09 04:05:06",
		`YYYY-MM-DD"T"HH24:MI:SS`:     "2026-03-09T04:05:06",
		"DD/MM/YYYY":                  "09/03/2026",
		"DY DD MONTH YYYY HH12:MI AM": "MON 09 MARCH 2026 04:05 AM",
	} {
		if got := formatDate(format, at); got != want {
			t.Errorf("%s: got %s want %s", format, got, want)
		}
	}
	env := func(vars map[string]string) nls { return newNLS(func(k string) string { return vars[k] }) }
	if got := env(map[string]string{"NLS_DATE_FORMAT": "YYYY", "TZ": "UTC"}).date(at); got != "09-MAR-26" {
		t.Errorf("NLS_DATE_FORMAT without NLS_LANG: %s", got)
	}
	if got := env(map[string]string{"NLS_DATE_FORMAT": "YYYY HH24", "NLS_LANG": "x", "TZ": "America/Sao_Paulo"}).date(at); got != "2026 01" {
		t.Errorf("zone: %s", got)
	}
}

func TestDateExpressions(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 4, 5, 6, 0, time.UTC)
	n := nls{format: "YYYY-MM-DD HH24:MI:SS", zone: time.UTC}
	for expr, want := range map[string]string{
		"SYSDATE":                          "2026-03-09 04:05:06",
		"sysdate - 1":                      "2026-03-08 04:05:06",
		"sysdate-1/24":                     "2026-03-09 03:05:06",
		"sysdate+(2*30)/1440":              "2026-03-09 05:05:06",
		"trunc(sysdate)-7":                 "2026-03-02 00:00:00",
		"2026-03-01 10:00:00":              "2026-03-01 10:00:00",
		"2026-03-01":                       "2026-03-01 00:00:00",
		"TO_DATE('01-FEB-26','DD-MON-RR')": "2026-02-01 00:00:00",
		"to_date('2020-09-05 04:42:54','YYYY-MM-DD HH24:MI:SS')":     "2020-09-05 04:42:54",
		"to_date(''2020-09-05 04:42:54'',''yyyy-mm-dd hh24:mi:ss'')": "2020-09-05 04:42:54",
	} {
		got, err := n.evalDate(expr, now)
		if err != nil || n.date(got) != want {
			t.Errorf("%s: %s, %v; want %s", expr, n.date(got), err, want)
		}
	}
	for expr, want := range map[string]string{
		"yesterday": "ORA-01858", "2026-13-01": "ORA-01843", "2026-02-30": "ORA-01839", "2026-01-01 25": "ORA-01850",
		"2026-01-01 10:00:00 x": "ORA-01830", "sysdate-": "ORA-00936", "sysdate x": "ORA-00933", "to_date('1'": "ORA-00907", "01/02/2026": "ORA-",
		"trunc sysdate": "ORA-00906", "sysdate-1/0": "ORA-01476",
	} {
		_, err := n.evalDate(expr, now)
		if err == nil || err.Error()[:len(want)] != want {
			t.Errorf("%s: %v, want %s", expr, err, want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	f := nameFacts{home: "/home", sid: "ORCL", db: "ORCL", dbid: 1234, piece: 2, now: time.Date(2026, 3, 9, 4, 0, 0, 0, time.UTC),
		key: oradb.SetKey{Stamp: 1<<30 + 33, Count: 1257}, auto: 31, isAuto: true}
	for format, want := range map[string]string{
		"/x/%d_%T_%s_%p_%t.bkp": "/x/ORCL_20260309_1257_2_1073741857.bkp",
		"/x/%u":                 "/x/79000011",
		"/x/%U":                 "/x/79000011_1257_2_1",
		"/x/%F":                 "/x/c-1234-20260309-1f",
		"/x/%I%n%Y%M%D%c%%":     "/x/1234ORCLxxxx202603091%",
		"?/dbs/@_%s":            "/home/dbs/ORCL_1257",
		"plain":                 "/home/dbs/plain",
	} {
		got, err := f.expand(format)
		if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", format, got, err, want)
		}
	}
	f.isAuto = false
	if _, err := f.expand("/x/%F"); err == nil {
		t.Error("the autobackup variable in the name of a backup piece")
	}
}
