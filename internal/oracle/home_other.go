//go:build !unix

package oracle

func executable(string) bool { return true }
