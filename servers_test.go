package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"orabak-tui/internal/s3servers"
)

// The whole path against servers that are not ours. The simulated database is
// reached the way a real one is: by ORACLE_HOME and ORACLE_SID in a file.
func TestWholePathOnOtherServers(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of processes: the long form runs them, without the race detector")
	}
	names := []string{s3servers.VersityGW}
	if os.Getenv("ORABAK_ALL_SERVERS") != "" {
		names = append(names, s3servers.MinIO, s3servers.Rclone)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			endpoint := s3servers.Start(t, name)
			testscript.Run(t, testscript.Params{
				Dir:                 filepath.Join("testdata", "servers"),
				Setup:               func(e *testscript.Env) error { return site(e, endpoint) },
				RequireExplicitExec: true,
				Cmds:                commands,
				// A file put into its folder is an object at once: MinIO never
				// sees it, rclone only after a while.
				Condition: func(string) (bool, error) { return name == s3servers.VersityGW, nil },
			})
		})
	}
}

// site prepares a host: the demo's environment and a settings file that names
// its database and another bucket.
func site(e *testscript.Env, s3 s3servers.Endpoint) error {
	setup(e)
	text := fmt.Sprintf(`ORACLE_HOME=%s
ORACLE_SID=DEMO
AWS_ENDPOINT_URL_S3=%s
S3_FORCE_PATH_STYLE=true
AWS_REGION=%s
AWS_ACCESS_KEY_ID=%s
AWS_SECRET_ACCESS_KEY=%s
S3_BUCKET=%s
`, filepath.Join(e.WorkDir, "demo", "oracle", "home"), s3.URL, s3.Region, s3.AccessKey, s3.Secret, s3.Bucket)
	e.Setenv("BUCKET_FILES", filepath.Join(s3.Dir, s3.Bucket))
	return os.WriteFile(filepath.Join(e.WorkDir, "site.env"), []byte(text), 0o600)
}
