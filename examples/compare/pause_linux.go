package main

import "syscall"

// pause lets a few notes become due. The runtime's timers are a millisecond
// apart when nothing else happens, which would make a steady rate one of bursts.
func pause() {
	_ = syscall.Nanosleep(&syscall.Timespec{Nsec: 20_000}, nil) // an interrupted one is as good
}
