//go:build !linux

package main

import "time"

// pause lets a few notes become due.
func pause() { time.Sleep(20 * time.Microsecond) }
