//go:build !unix

package rman

import (
	"errors"
	"os"
	"os/exec"
)

func detach(*exec.Cmd) {}

func (p *process) interrupt() { _ = p.cmd.Process.Signal(os.Interrupt) }

func (p *process) kill() { _ = p.cmd.Process.Kill() }

func pollable(master *os.File) (*os.File, error) { return master, nil }

func makeRaw(*os.File) error { return errors.ErrUnsupported }
