package s3servers

import (
	"encoding/base64"
	"path/filepath"
	"strings"
)

const (
	accessKey = "test-access"
	secret    = "test-secret-key"
	region    = "us-east-1"
	bucket    = "orabak-test"
)

// launch is how one kind of server is started.
type launch struct {
	// args are the command's arguments to serve data on addr; scratch is a
	// folder for whatever else it wants to keep.
	args func(addr, data, scratch string) []string
	env  []string
	// ready is what answers 200, or 403 for want of a signature, as soon as the
	// server serves.
	ready string
}

// The arguments are those that were measured to work; what was learnt from
// that is beside them.
var launches = map[string]launch{
	VersityGW: {
		args: func(addr, data, scratch string) []string {
			// Without --keep-alive it closes every connection.
			return []string{
				"--port", addr, "--region", region, "--quiet", "--keep-alive",
				"posix", "--versioning-dir", filepath.Join(scratch, "versions"), data,
			}
		},
		env:   []string{"ROOT_ACCESS_KEY_ID=" + accessKey, "ROOT_SECRET_ACCESS_KEY=" + secret},
		ready: "/",
	},
	MinIO: {
		args: func(addr, data, _ string) []string {
			return []string{"server", "--quiet", "--address", addr, data}
		},
		env: []string{
			"MINIO_ROOT_USER=" + accessKey, "MINIO_ROOT_PASSWORD=" + secret, "MINIO_REGION=" + region,
			"MINIO_BROWSER=off", "MINIO_UPDATE=off",
			// Server-side encryption is refused without a key.
			"MINIO_KMS_SECRET_KEY=test:" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))),
		},
		ready: "/minio/health/cluster",
	},
	Rclone: {
		args: func(addr, data, _ string) []string {
			return []string{"serve", "s3", "--addr", addr, "--auth-key", accessKey + "," + secret, "--config", "/dev/null", data}
		},
		ready: "/",
	},
}
