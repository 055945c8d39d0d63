package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// buildProgram builds orabak-tui as a release is.
func buildProgram(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "orabak-tui")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "orabak-tui")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return path
}

type user struct {
	dir     string
	environ []string
}

// userEnv is a working directory and an environment for the program.
func userEnv(b *testing.B, url string) user {
	dir := b.TempDir()
	return user{dir, append(os.Environ(), "AWS_CA_BUNDLE=", "S3_BUCKET="+bucketName, "AWS_ENDPOINT_URL_S3="+url, "S3_FORCE_PATH_STYLE=true", "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=testtest", "CACHE_DIR="+filepath.Join(dir, "cache"))}
}

// BenchmarkStart starts the program for its version, beside a program that
// does nothing.
func BenchmarkStart(b *testing.B) {
	program := buildProgram(b)
	var took, floor spread
	for range 20 * *rounds {
		took = append(took, measure(b, exec.Command(program, "--version")).wall.Seconds()*1000)
		floor = append(floor, measure(b, exec.Command("/bin/true")).wall.Seconds()*1000)
	}
	report("--version, ms", "≤ 15", took.format("%.1f"), "/bin/true takes "+floor.format("%.1f"))
}
