package s3fault

import (
	"net/http"
	"strings"
)

// Operation is the name of an S3 operation.
type Operation string

// The operations that are told apart; Other is any other one.
const (
	Other                   Operation = "Other"
	ListBuckets             Operation = "ListBuckets"
	CreateBucket            Operation = "CreateBucket"
	HeadBucket              Operation = "HeadBucket"
	DeleteBucket            Operation = "DeleteBucket"
	GetBucketLocation       Operation = "GetBucketLocation"
	ListObjectsV2           Operation = "ListObjectsV2"
	ListMultipartUploads    Operation = "ListMultipartUploads"
	DeleteObjects           Operation = "DeleteObjects"
	PutObject               Operation = "PutObject"
	GetObject               Operation = "GetObject"
	HeadObject              Operation = "HeadObject"
	DeleteObject            Operation = "DeleteObject"
	CreateMultipartUpload   Operation = "CreateMultipartUpload"
	UploadPart              Operation = "UploadPart"
	ListParts               Operation = "ListParts"
	CompleteMultipartUpload Operation = "CompleteMultipartUpload"
	AbortMultipartUpload    Operation = "AbortMultipartUpload"
)

var operations = map[string]Operation{
	"service GET":          ListBuckets,
	"bucket PUT":           CreateBucket,
	"bucket HEAD":          HeadBucket,
	"bucket DELETE":        DeleteBucket,
	"bucket GET location":  GetBucketLocation,
	"bucket GET list-type": ListObjectsV2,
	"bucket GET uploads":   ListMultipartUploads,
	"bucket POST delete":   DeleteObjects,
	"object PUT":           PutObject,
	"object GET":           GetObject,
	"object HEAD":          HeadObject,
	"object DELETE":        DeleteObject,
	"object POST uploads":  CreateMultipartUpload,
	"object PUT uploadId":  UploadPart,
	"object GET uploadId":  ListParts,
	"object POST uploadId": CompleteMultipartUpload,
	// An abort has the form of a delete.
	"object DELETE uploadId": AbortMultipartUpload,
}

// OperationOf tells which operation a path-style request asks for.
func OperationOf(r *http.Request) Operation {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	level := "object"
	switch {
	case bucket == "":
		level = "service"
	case key == "":
		level = "bucket"
	}
	name := level + " " + r.Method
	for _, sub := range []string{"uploadId", "uploads", "delete", "location", "list-type"} {
		if r.URL.Query().Has(sub) {
			name += " " + sub
			break
		}
	}
	if op, ok := operations[name]; ok && !otherSubresource(r) {
		return op
	}
	return Other
}

// otherSubresource finds the subresources that make a request something else
// than its method says.
func otherSubresource(r *http.Request) bool {
	for _, sub := range []string{
		"acl", "attributes", "cors", "encryption", "legal-hold", "lifecycle", "object-lock", "policy",
		"retention", "tagging", "versioning", "versions",
	} {
		if r.URL.Query().Has(sub) {
			return true
		}
	}
	return false
}
