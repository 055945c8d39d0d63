package s3sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The example of S3's documentation on signed chunks: 66560 letters "a", the
// credentials and the signatures are theirs.
const (
	exampleKey    = "AKIAIOSFODNN7EXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

type chunkedExample struct {
	mode, seed, trailerName string
	signatures              [3]string
	trailer                 string
}

var chunkedExamples = map[string]chunkedExample{
	"signed": {
		mode: streamingSigned,
		seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
		signatures: [3]string{
			"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
			"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
			"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
		},
	},
	"signed with trailer": {
		mode:        streamingSignedTrail,
		seed:        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
		trailerName: "x-amz-checksum-crc32c",
		signatures: [3]string{
			"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
			"1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
			"2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
		},
		trailer: "x-amz-checksum-crc32c:sOO8/Q==\r\n" +
			"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n",
	},
}

func (e chunkedExample) body() string {
	return fmt.Sprintf("10000;chunk-signature=%s\r\n%s\r\n400;chunk-signature=%s\r\n%s\r\n0;chunk-signature=%s\r\n%s\r\n",
		e.signatures[0], strings.Repeat("a", 65536), e.signatures[1], strings.Repeat("a", 1024), e.signatures[2], e.trailer)
}

func (e chunkedExample) request(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPut, "/examplebucket/chunkObject.txt", strings.NewReader(body))
	r.Host = "s3.amazonaws.com"
	signed := "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class"
	length := "66824"
	if e.trailerName != "" {
		signed = "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer"
		r.Header.Set("x-amz-trailer", e.trailerName)
	}
	r.Header.Set("Content-Length", length)
	r.Header.Set("Content-Encoding", "aws-chunked")
	r.Header.Set("x-amz-content-sha256", e.mode)
	r.Header.Set("x-amz-date", "20130524T000000Z")
	r.Header.Set("x-amz-decoded-content-length", "66560")
	r.Header.Set("x-amz-storage-class", "REDUCED_REDUNDANCY")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+exampleKey+"/20130524/us-east-1/s3/aws4_request,"+
		"SignedHeaders="+signed+",Signature="+e.seed)
	return r
}

func exampleServer(t *testing.T) *Server {
	t.Helper()
	s := New(t.TempDir(), Options{
		AccessKey: exampleKey, Secret: exampleSecret, NoSync: true,
		SignatureNow: func() time.Time { return time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC) },
	})
	b, err := s.bucketAt("examplebucket")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.create(time.Now()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDocumentedChunkSignatures(t *testing.T) {
	for name, e := range chunkedExamples {
		t.Run(name, func(t *testing.T) {
			s := exampleServer(t)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, e.request(e.body()))
			if w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			b, _ := s.bucket("examplebucket")
			m, f, err := b.open("chunkObject.txt")
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, _ := io.ReadAll(f)
			if string(got) != strings.Repeat("a", 66560) || m.Headers["Content-Encoding"] != "" {
				t.Errorf("%d bytes stored, headers %v", len(got), m.Headers)
			}
		})
	}
}

func TestGarbledChunksAreNotStored(t *testing.T) {
	e := chunkedExamples["signed with trailer"]
	whole := e.body()
	for name, body := range map[string]string{
		"flipped data":      strings.Replace(whole, "aaaa", "aaba", 1),
		"flipped signature": strings.Replace(whole, e.signatures[1], strings.Repeat("0", 64), 1),
		"flipped end":       strings.Replace(whole, e.signatures[2], strings.Repeat("0", 64), 1),
		"flipped trailer":   strings.Replace(whole, "sOO8/Q==", "sOO8/A==", 1),
		"other trailer":     strings.Replace(whole, "x-amz-checksum-crc32c", "x-amz-checksum-crc32", 1),
		"cut in a chunk":    whole[:5000],
		"cut before a size": whole[:65536+5+17+64+4],
		"cut in trailer":    whole[:len(whole)-20],
		"no last chunk":     whole[:strings.Index(whole, "0;chunk-signature="+e.signatures[2])],
		"size too large":    strings.Replace(whole, "10000;", "10001;", 1),
		"size negative":     strings.Replace(whole, "10000;", "-1;", 1),
		"size huge":         strings.Replace(whole, "10000;", "ffffffffffffffff;", 1),
		"not chunked":       strings.Repeat("a", 66560),
		"empty":             "",
	} {
		t.Run(name, func(t *testing.T) {
			s := exampleServer(t)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, e.request(body))
			if w.Code/100 != 4 {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
			b, _ := s.bucket("examplebucket")
			if _, err := b.stat("chunkObject.txt"); !errors.Is(err, errNoSuchKey) {
				t.Errorf("the object is there: %v", err)
			}
		})
	}
}

func FuzzChunkedReader(f *testing.F) {
	f.Add([]byte("5;chunk-signature=00\r\nhello\r\n0;chunk-signature=00\r\nx-amz-trailer-signature:00\r\n\r\n"), true)
	f.Add([]byte("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"), false)
	f.Fuzz(func(t *testing.T, in []byte, signed bool) {
		mode := streamingUnsignedTrail
		if signed {
			mode = streamingSignedTrail
		}
		var out bytes.Buffer
		_, err := io.Copy(&out, newChunkedReader(bytes.NewReader(in), mode, signature{key: []byte("k")}))
		if err == nil && signed {
			t.Error("a body was accepted that nobody signed")
		}
		if out.Len() > len(in) || err == nil && out.Len()+len("0\r\n\r\n") > len(in) {
			t.Errorf("%d bytes decoded from %d", out.Len(), len(in))
		}
	})
}
