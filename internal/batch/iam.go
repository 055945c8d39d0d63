package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// policy is an IAM policy document (AWS IAM reference, policy elements).
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string `json:",omitempty"`
}

// roles are the least rights of each role. Reading an object's size and
// checksum (HEAD) is s3:GetObject; there is no smaller right. A writer deletes
// only what a failed run left, so it may delete pieces but no manifest.
var roles = map[string]struct{ bucket, pieces, catalog []string }{
	"writer": {
		bucket:  []string{"s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation"},
		pieces:  []string{"s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"},
		catalog: []string{"s3:PutObject", "s3:GetObject"},
	},
	"restorer": {
		bucket: []string{"s3:ListBucket", "s3:GetBucketLocation"},
		pieces: []string{"s3:GetObject"}, catalog: []string{"s3:GetObject"},
	},
	"pruner": {
		bucket: []string{"s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation"},
		pieces: []string{"s3:GetObject", "s3:DeleteObject", "s3:AbortMultipartUpload"}, catalog: []string{"s3:GetObject", "s3:DeleteObject"},
	},
	"auditor": {
		bucket: []string{"s3:ListBucket", "s3:GetBucketLocation"},
		pieces: []string{"s3:GetObject"}, catalog: []string{"s3:GetObject"},
	},
}

// iam prints the least privilege policy of a role for the configured bucket.
func (a *App) iam(context.Context) error {
	c := a.Config
	p, err := Policy(a.Options.Args[0], c.Bucket, c.Prefix, c.ObjectLockMode != "", c.SSEKMSKeyID)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(a.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(p)
}

// Policy is the policy document of a role.
func Policy(role, bucket, prefix string, lock bool, kmsKey string) (any, error) {
	r, ok := roles[strings.ToLower(role)]
	if !ok {
		return nil, usagef("there is no role %q; roles: writer restorer pruner auditor", role)
	}
	arn := "arn:aws:s3:::" + bucket
	p := policy{Version: "2012-10-17", Statement: []statement{
		{Sid: "Bucket", Effect: "Allow", Action: r.bucket, Resource: []string{arn}},
		{Sid: "Catalog", Effect: "Allow", Action: withLock(r.catalog, lock), Resource: []string{arn + "/" + prefix + "catalog/*"}},
		{Sid: "Pieces", Effect: "Allow", Action: withLock(r.pieces, lock), Resource: []string{arn + "/" + prefix + "2*"}},
	}}
	if strings.EqualFold(role, "writer") {
		// What the store can do is probed with a small object in the catalog,
		// which is removed again.
		p.Statement = append(p.Statement, statement{Sid: "Probe", Effect: "Allow", Action: []string{"s3:DeleteObject"}, Resource: []string{arn + "/" + prefix + "catalog/.probe-*"}})
	}
	if kmsKey != "" {
		p.Statement = append(p.Statement, statement{Sid: "Key", Effect: "Allow", Action: keyRights(r.pieces), Resource: []string{kmsKey}})
	}
	return p, nil
}

// withLock adds the right to see a retention, and to set it where objects are
// put.
func withLock(actions []string, lock bool) []string {
	if !lock {
		return actions
	}
	more := []string{"s3:GetObjectRetention"}
	if slices.Contains(actions, "s3:PutObject") {
		more = append(more, "s3:PutObjectRetention")
	}
	return slices.Concat(actions, more)
}

func keyRights(actions []string) []string {
	if strings.Contains(fmt.Sprint(actions), "s3:PutObject") {
		return []string{"kms:GenerateDataKey", "kms:Decrypt"}
	}
	return []string{"kms:Decrypt"}
}
