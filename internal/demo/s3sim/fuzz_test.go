package s3sim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A key's files stay below the bucket, have names that a file system takes, and
// stand for that key alone.
func FuzzKeyPath(f *testing.F) {
	for _, k := range strangeKeys {
		f.Add(k)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if checkKey(key) != nil {
			return
		}
		folder, name := keyPath(key)
		back := ""
		for dir := range strings.SplitSeq(folder, "/") {
			if folder == "" {
				break
			}
			part, ok := decodeEntry(dir, true)
			if !ok || dir == "." || dir == ".." || len(dir) > 255 {
				t.Fatalf("%q has the folder %q", key, dir)
			}
			back += part
		}
		part, ok := decodeEntry(name+metaSuffix, false)
		if !ok || len(name+metaSuffix) > 255 || strings.ContainsAny(name, "/\x00") || back+part != key {
			t.Fatalf("%q became %q in %q, which is %q", key, name, folder, back+part)
		}
	})
}

// Whoever cannot sign gets nothing but an error, whatever he sends.
func FuzzUnsignedRequest(f *testing.F) {
	s := New(f.TempDir(), testOptions())
	now := time.Now().UTC().Format(amzTime)
	f.Add("PUT", "/b/k", "", "AWS4-HMAC-SHA256 Credential="+testKey+"/"+now[:8]+"/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=00", unsignedPayload)
	f.Add("GET", "/", "list-type=2", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=;,Signature=", "")
	f.Add("POST", "/b", "delete", "Basic x", "STREAMING-")
	f.Fuzz(func(t *testing.T, method, path, query, authorization, payload string) {
		r := httptest.NewRequest(http.MethodPut, "/", strings.NewReader("x"))
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
		r.Header.Set("Authorization", authorization)
		r.Header.Set("x-amz-date", now)
		r.Header.Set("x-amz-content-sha256", payload)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code/100 != 4 {
			t.Errorf("answered %d %s", w.Code, w.Body)
		}
	})
}
