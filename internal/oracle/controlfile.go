package oracle

import (
	"context"
	"errors"
	"slices"
)

// controlfileCodes are what an instance says whose control file is gone or
// unreadable.
var controlfileCodes = []string{"ORA-00210", "ORA-00202", "ORA-00205", "ORA-00206", "ORA-00227", "ORA-27041"}

func lostControlfile(err error) bool {
	var e *Error
	return errors.As(err, &e) && slices.Contains(controlfileCodes, e.Code)
}

// withoutControlfile keeps what the instance itself knows. What was read
// before the control file went belongs to no state that can be relied on.
func withoutControlfile(f *Facts, err error) *Facts {
	var e *Error
	errors.As(err, &e)
	return &Facts{Status: f.Status, Instance: f.Instance, Host: f.Host, Version: f.Version,
		RecoveryDest: f.RecoveryDest, RecoveryLimit: f.RecoveryLimit, RecordKeepDays: f.RecordKeepDays,
		SpfilePath: f.SpfilePath, ControlFiles: f.ControlFiles, UTCOffsetMinutes: f.UTCOffsetMinutes,
		Config: map[string]string{}, ControlfileLost: true, ControlfileCode: e.Code}
}

// Abort ends an instance with SHUTDOWN ABORT. It is the one change that this
// package makes, and stands here because RMAN, which does all others, cannot
// connect to an instance that lost its control file while it ran; sqlplus can.
// Committed changes are in the online redo logs, as after a power cut.
func (i *Instance) Abort(ctx context.Context) error {
	_, err := i.run(ctx, question{name: "the end of the instance", command: "SHUTDOWN ABORT\n"})
	if errors.Is(err, ErrNotRunning) {
		return nil
	}
	return err
}
