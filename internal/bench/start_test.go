package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// buildProgram builds orabak-tui as a release is.
func buildProgram(b *testing.B) string { return build(b, "orabak-tui") }

// buildHello builds the least that a Go program can be: it prints one line.
func buildHello(b *testing.B) string {
	source := filepath.Join(b.TempDir(), "hello.go")
	text := "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return build(b, source)
}

func build(b *testing.B, what string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "program")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, what)
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

// BenchmarkStart starts the program for its version, beside the least that a
// Go program and any program takes.
func BenchmarkStart(b *testing.B) {
	program, hello := buildProgram(b), buildHello(b)
	var took, used, least, floor spread
	for range 20 * *rounds {
		u := measure(b, exec.Command(program, "--version"))
		took, used = append(took, u.wall.Seconds()*1000), append(used, u.cpu.Seconds()*1000)
		least = append(least, measure(b, exec.Command(hello)).wall.Seconds()*1000)
		floor = append(floor, measure(b, exec.Command("/bin/true")).wall.Seconds()*1000)
	}
	report("--version, ms", "≤ 15", took.format("%.1f"), "CPU "+used.format("%.1f")+"; a Go program of one line takes "+least.format("%.1f")+", /bin/true "+floor.format("%.1f"))
}
