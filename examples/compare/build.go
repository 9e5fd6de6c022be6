package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The programs whose builds are compared.
const (
	quickstart = "quickstart"
	libraries  = "its libraries alone"
)

// packages are the programs' import paths, which the go command finds from
// anywhere in a checkout.
func packages() map[string]string {
	const examples = "github.com/misskeyactor/misskeyactor/examples/"
	return map[string]string{
		quickstart: examples + "quickstart",
		libraries:  examples + "compare/libraries",
	}
}

// build builds a program with an empty cache, the standard library included. Its
// outcome has the size of what came out, stripped.
func build(ctx context.Context, program string) (outcome, error) {
	dir, err := os.MkdirTemp("", "compare-build-")
	if err != nil {
		return outcome{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	out := filepath.Join(dir, "program")
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", out, packages()[program])
	cmd.Env = append(os.Environ(), "GOCACHE="+filepath.Join(dir, "cache"))
	began := time.Now()
	if said, err := cmd.CombinedOutput(); err != nil {
		return outcome{}, fmt.Errorf("building %s, for which the working directory has to be in a checkout: %w\n%s", program, err, bytes.TrimSpace(said))
	}
	took := time.Since(began)
	file, err := os.Stat(out)
	if err != nil {
		return outcome{}, err
	}
	return outcome{
		Bytes:   float64(file.Size()),
		Seconds: took.Seconds(),
		CPU:     (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
	}, nil
}
