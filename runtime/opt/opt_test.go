package opt_test

import (
	"testing"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
)

func TestOpt(t *testing.T) {
	for _, tt := range []struct {
		name              string
		o                 opt.Opt[int]
		set, null, absent bool
		or                int
		text              string
	}{
		{"absent", opt.Opt[int]{}, false, false, true, 7, "absent"},
		{"null", opt.Null[int](), false, true, false, 7, "null"},
		{"set", opt.Of(5), true, false, false, 5, "5"},
		{"set to zero", opt.Of(0), true, false, false, 0, "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, ok := tt.o.Get()
			if ok != tt.set || tt.o.IsSet() != tt.set || tt.o.IsNull() != tt.null || tt.o.IsZero() != tt.absent {
				t.Errorf("set %v, null %v, absent %v", tt.o.IsSet(), tt.o.IsNull(), tt.o.IsZero())
			}
			if v != tt.o.OrZero() || tt.o.Or(7) != tt.or || tt.o.String() != tt.text {
				t.Errorf("value %v, or %v, text %q", v, tt.o.Or(7), tt.o)
			}
		})
	}
}
