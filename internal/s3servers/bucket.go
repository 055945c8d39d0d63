package s3servers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// makeBucket makes the bucket the way a client would: a folder that is merely
// put where the server keeps its buckets lacks what some servers keep with it.
func makeBucket(client *http.Client, url string, now time.Time) error {
	req, err := http.NewRequest(http.MethodPut, url+"/"+bucket, nil)
	if err != nil {
		return err
	}
	sign(req, now)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10))
		return fmt.Errorf("it does not make a bucket: %s %s", res.Status, said)
	}
	return nil
}

// sign signs a request without query and body (Signature Version 4).
func sign(req *http.Request, now time.Time) {
	const signed = "host;x-amz-content-sha256;x-amz-date"
	stamp := now.UTC().Format("20060102T150405Z")
	payload := digest("")
	req.Header.Set("x-amz-date", stamp)
	req.Header.Set("x-amz-content-sha256", payload)
	canonical := strings.Join([]string{
		req.Method, req.URL.EscapedPath(), "",
		"host:" + req.URL.Host, "x-amz-content-sha256:" + payload, "x-amz-date:" + stamp, "",
		signed, payload,
	}, "\n")
	scope := strings.Join([]string{stamp[:8], region, "s3", "aws4_request"}, "/")
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	signature := mac(key, strings.Join([]string{"AWS4-HMAC-SHA256", stamp, scope, digest(canonical)}, "\n"))
	req.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%x",
		accessKey, scope, signed, signature))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
