package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// footprint is what a process holds.
type footprint struct {
	bytes      float64 // of its heap and of its goroutines' stacks
	goroutines int
}

func takeFootprint() footprint {
	for range 3 { // pools are emptied by the second, finalizers run by the third
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return footprint{float64(m.HeapAlloc + m.StackInuse), runtime.NumGoroutine()}
}

// since is what has come since an earlier footprint, for a number of items.
func (f footprint) since(before footprint, items int) outcome {
	return outcome{Items: items, Bytes: f.bytes - before.bytes, Goroutines: f.goroutines - before.goroutines}
}

// idleSockets opens a job's sockets and does with each what any client has to: it
// keeps a goroutine that reads it.
func idleSockets(ctx context.Context, j job, _ func() error) (outcome, error) {
	before := takeFootprint()
	sockets, err := openSockets(ctx, j, bareDialer())
	defer closeSockets(sockets)
	if err != nil {
		return outcome{}, err
	}
	var reading sync.WaitGroup
	for _, ws := range sockets {
		reading.Go(func() { _, _, _ = ws.ReadMessage() }) // until it is closed
	}
	o := takeFootprint().since(before, len(sockets))
	closeSockets(sockets)
	reading.Wait()
	return o, nil
}

// idleSubscriptions subscribes to a job's channels and leaves them alone.
func idleSubscriptions(ctx context.Context, j job, _ func() error) (outcome, error) {
	return idleClient(ctx, j, func(client *streaming.Client) (any, int, error) {
		subs, err := subscribe(ctx, client, j, streaming.UnimplementedTimelineHandler{})
		return subs, len(subs), err
	})
}

// idleCaptures captures as many notes as the job has, and hears nothing of them.
func idleCaptures(ctx context.Context, j job, _ func() error) (outcome, error) {
	return idleClient(ctx, j, func(client *streaming.Client) (any, int, error) {
		all := make([]*streaming.NoteCapture, j.Notes)
		for i := range all {
			var err error
			if all[i], err = client.Capture(ctx, misskey.NoteID(fmt.Sprintf("note%012d", i)), streaming.UnimplementedNoteHandler{}); err != nil {
				return nil, 0, err
			}
		}
		for _, c := range all {
			if err := c.WaitLive(ctx); err != nil {
				return nil, 0, err
			}
		}
		return all, len(all), nil
	})
}

// idleClient opens a client that does nothing but what open has it do, and
// measures all that has come with it. open returns the handles of what is live,
// which a program holds as well, and how many they are.
func idleClient(ctx context.Context, j job, open func(*streaming.Client) (any, int, error)) (_ outcome, err error) {
	before := takeFootprint()
	system := actor.NewActorSystem() // what the client would do itself, to be able to tell its share
	alone := takeFootprint()
	client, err := streaming.Connect(ctx, j.URL, append(perSocket(j), streaming.WithActorSystem(system))...)
	if err != nil {
		return outcome{}, err
	}
	defer func() { err = errors.Join(err, client.Close(context.WithoutCancel(ctx))) }()
	handles, live, err := open(client)
	if err != nil {
		return outcome{}, err
	}
	o := takeFootprint().since(before, live)
	runtime.KeepAlive(handles)
	o.SystemBytes = alone.bytes - before.bytes
	o.Sockets = len(client.Status().Connections)
	return o, nil
}
