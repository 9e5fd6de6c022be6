//go:build !unix

package main

import (
	"errors"
	"time"
)

// cpuTime returns what the process has used of the processors so far.
func cpuTime() (time.Duration, error) {
	return 0, errors.New("this system does not tell a process what it has used of the processors")
}
