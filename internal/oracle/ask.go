package oracle

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// states maps V$INSTANCE.STATUS.
var states = map[string]Status{"STARTED": NoMount, "MOUNTED": Mounted, "OPEN": Open, "OPEN MIGRATE": Open}

// askInstance fills what V$INSTANCE says; an instance that does not run is Down.
func (i *Instance) askInstance(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "the instance", key: "INSTANCE",
		fields: []string{"status", "version", "instance_name", "host_name"}, from: "v$instance"})
	if errors.Is(err, ErrNotRunning) {
		f.Status = Down
		return nil
	}
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return &Error{Question: "the instance", Text: "sqlplus printed no answer"}
	}
	f.Status = states[rows[0].text(0)]
	if f.Status == "" {
		return &Error{Question: "the instance", Text: "unknown status " + strconv.QuoteToASCII(rows[0].text(0))}
	}
	f.Version, f.Instance, f.Host = rows[0].text(1), rows[0].text(2), rows[0].text(3)
	return nil
}

// askStarted fills what a started instance knows, and more beside it. Each
// question costs the start of a sqlplus and a session, some tenths of a second
// that are spent waiting, so several lanes of questions are asked at once.
func (i *Instance) askStarted(ctx context.Context, f *Facts, more ...asking) error {
	return together(ctx, f, []asking{i.askParameters}, []asking{i.askZone}, more)
}

// askMounted fills what a started instance and the control file know. The
// first question to the control file has no other beside it: it tells whether
// there is one at all.
func (i *Instance) askMounted(ctx context.Context, f *Facts) error {
	if err := i.askStarted(ctx, f, i.askDatabase, i.askContainer); err != nil {
		return err
	}
	u := &unknowns{}
	err := together(ctx, f,
		[]asking{i.askDatafiles, u.missing("V$DATAFILE_HEADER", i.askHeaders), u.optional("V$TABLESPACE", i.askTablespaces)},
		[]asking{u.missing("V$LOG", i.askRedo), u.missing("V$LOGFILE", i.askMembers), u.missing("V$THREAD", i.askThreads)},
		[]asking{u.missing("V$ARCHIVE_DEST", i.askArchiveDests), i.askIncarnations},
		[]asking{u.optional("V$RECOVERY_FILE_DEST", i.askRecoveryArea), u.optional("V$RMAN_CONFIGURATION", i.askConfig),
			u.optional("V$BLOCK_CHANGE_TRACKING", i.askChangeTracking)})
	slices.Sort(u.views)
	f.Unknown = u.views
	return err
}

// together asks every lane at the same time, within a lane one question after
// the other. Lanes fill fields of their own and read no other lane's. All are
// waited for; the error is that of the first lane that has one.
func together(ctx context.Context, f *Facts, lanes ...[]asking) error {
	errs := make([]error, len(lanes))
	var all sync.WaitGroup
	for n, lane := range lanes {
		all.Go(func() { errs[n] = sequence(ctx, f, lane...) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// unknowns gathers the views that the instance did not answer for.
type unknowns struct {
	mu    sync.Mutex // guards views
	views []string
}

// asking is one of the methods that fill Facts.
type asking func(context.Context, *Facts) error

// missing lets a view be unknown to the instance, and nothing else be wrong
// with it.
func (u *unknowns) missing(view string, ask asking) asking {
	return u.tolerant(view, ask, func(err error) bool {
		var e *Error
		return errors.As(err, &e) && e.Code == "ORA-00942"
	})
}

// optional lets everything be wrong with a view that only its own question
// meets.
func (u *unknowns) optional(view string, ask asking) asking {
	return u.tolerant(view, ask, func(err error) bool { return !fatal(err) && !lostControlfile(err) })
}

func (u *unknowns) tolerant(view string, ask asking, harmless func(error) bool) asking {
	return func(ctx context.Context, f *Facts) error {
		err := ask(ctx, f)
		if err == nil || !harmless(err) {
			return err
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		u.views = append(u.views, view)
		return nil
	}
}

// sequence asks one question after the other; the first error ends it.
func sequence(ctx context.Context, f *Facts, asks ...asking) error {
	for _, ask := range asks {
		if err := ask(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (i *Instance) askParameters(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "parameters", key: "PARAMETER", fields: []string{"name", "value"},
		from: "v$parameter WHERE name IN ('control_file_record_keep_time','db_recovery_file_dest'," +
			"'db_recovery_file_dest_size','spfile','control_files','db_name')"})
	for _, r := range rows {
		value := strings.TrimSpace(r.text(1))
		switch r.text(0) {
		case "control_file_record_keep_time":
			f.RecordKeepDays = r.int(1)
		case "db_recovery_file_dest":
			f.RecoveryDest = value
		case "db_recovery_file_dest_size":
			f.RecoveryLimit = r.num(1)
		case "db_name":
			f.ParamName = value
		case "spfile":
			f.SpfilePath = value
		case "control_files":
			f.ControlFiles = list(value)
		}
	}
	return errors.Join(err, failed(rows))
}

// list splits a parameter of several values: "a, b".
func list(value string) []string {
	var out []string
	for v := range strings.SplitSeq(value, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// askZone fills the zone of the host's clock; without an answer this process's
// own zone stays, which is right when both run on one host.
func (i *Instance) askZone(ctx context.Context, f *Facts) error {
	rows, err := i.askOptional(ctx, question{name: "the time zone", key: "ZONE",
		fields: []string{"TO_CHAR(SYSTIMESTAMP,'TZH:TZM')"}, from: "dual"})
	for _, r := range rows {
		if minutes, err := offset(r.text(0)); err == nil {
			f.UTCOffsetMinutes = minutes
		}
	}
	return err
}

func (i *Instance) askDatabase(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "the database", key: "DATABASE", fields: []string{"dbid", "name",
		"db_unique_name", "log_mode", "open_mode", "database_role", "resetlogs_change#", date("resetlogs_time"),
		"current_scn", "checkpoint_change#", "controlfile_type"}, from: "v$database", may: []string{"checkpoint_change#"}})
	if err != nil {
		return err
	}
	if len(rows) != 1 {
		return &Error{Question: "the database", Text: "sqlplus printed " + strconv.Itoa(len(rows)) + " answers, not one"}
	}
	r := rows[0]
	f.DBID, f.Name, f.UniqueName = r.num(0), r.text(1), r.text(2)
	f.LogMode, f.OpenMode, f.Role = r.text(3), r.text(4), r.text(5)
	f.ResetlogsSCN, f.ResetlogsTime = r.num(6), r.text(7)
	f.CheckpointSCN, f.ControlfileType = r.num(9), r.text(10)
	if scn := r.num(8); f.Status == Open {
		f.CurrentSCN = scn
	}
	return failed(rows)
}

// askContainer asks for the column that releases before 12.1 do not have.
func (i *Instance) askContainer(ctx context.Context, f *Facts) error {
	if major(f.Version) < 12 {
		return nil
	}
	rows, err := i.askOptional(ctx, question{name: "the container database", key: "CDB",
		fields: []string{"cdb"}, from: "v$database"})
	f.CDB = len(rows) == 1 && rows[0].text(0) == "YES"
	return err
}

// major is the first number of a release, 0 if unreadable.
func major(version string) int {
	head, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(head)
	return n
}

func (i *Instance) askIncarnations(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "incarnations", key: "INCARNATION", from: "v$database_incarnation",
		fields: []string{"incarnation#", "resetlogs_change#", date("resetlogs_time"), "status"}})
	for _, r := range rows {
		f.Incarnations = append(f.Incarnations, Incarnation{Number: r.int(0), ResetlogsSCN: r.num(1),
			ResetlogsTime: r.text(2), Status: r.text(3)})
	}
	return errors.Join(err, failed(rows))
}

func (i *Instance) askRecoveryArea(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "the recovery area", key: "AREA", from: "v$recovery_file_dest",
		fields: []string{"space_limit", "space_used", "name"}})
	for _, r := range rows {
		f.RecoveryLimit, f.RecoveryUsed, f.RecoveryDest = r.num(0), r.num(1), r.text(2)
	}
	return errors.Join(err, failed(rows))
}

// askConfig fills RMAN's persistent settings. A name that occurs several times
// (CHANNEL) keeps all its values, separated by a semicolon.
func (i *Instance) askConfig(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "RMAN's configuration", key: "CONFIG",
		fields: []string{"name", "value"}, from: "v$rman_configuration"})
	for _, r := range rows {
		name, value := r.text(0), r.text(1)
		if old, ok := f.Config[name]; ok {
			value = old + "; " + value
		}
		f.Config[name] = value
	}
	return err
}

func (i *Instance) askChangeTracking(ctx context.Context, f *Facts) error {
	rows, err := i.ask(ctx, question{name: "block change tracking", key: "TRACKING",
		fields: []string{"status"}, from: "v$block_change_tracking"})
	f.ChangeTracking = len(rows) > 0 && rows[0].text(0) == "ENABLED"
	return err
}
