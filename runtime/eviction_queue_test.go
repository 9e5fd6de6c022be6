package runtime

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The queue against a scan over all of it.
func TestCaptureQueueGivesTheOneNotHeardOfForTheLongest(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 3))
		var q captureQueue
		in := make(map[*slot]bool)
		slots := make([]*slot, 30)
		for i := range slots {
			slots[i] = &slot{}
		}
		clock := time.Now().UnixNano()
		for range 500 {
			sl := slots[rng.IntN(len(slots))]
			clock += int64(time.Hour) // ahead of what add reads
			switch rng.IntN(4) {
			case 0:
				q.add(sl)
				in[sl] = true
			case 1:
				q.remove(sl)
				delete(in, sl)
			case 2:
				sl.heard.Store(clock)
			case 3:
				if len(in) == 0 {
					continue
				}
				got := q.oldest()
				for other := range in {
					if other.heard.Load() < got.heard.Load() {
						t.Fatalf("seed %d: there is an older one", seed)
					}
				}
				delete(in, got)
			}
			if q.Len() != len(in) {
				t.Fatalf("seed %d: %d in the queue, want %d", seed, q.Len(), len(in))
			}
		}
	}
}

func TestCaptureThatComesBackIsTheNewest(t *testing.T) {
	var q captureQueue
	back, other := &slot{}, &slot{}
	q.add(back)
	back.heard.Store(back.stamp + 1)
	if q.oldest() != back {
		t.Fatal("not the only one")
	}
	time.Sleep(time.Millisecond)
	q.add(other)
	time.Sleep(time.Millisecond)
	q.add(back)
	if q.oldest() != other {
		t.Error("the one that came back counts as not heard of since it was there before")
	}
}
