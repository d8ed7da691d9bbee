package doctor

import (
	"fmt"
	"time"
)

// span is a duration for people in any language, in the largest unit in which it is more than some: "60 s", "90 min".
func span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"d", day}, {"h", time.Hour}, {"min", time.Minute}} {
		if d >= 10*unit.size {
			return fmt.Sprintf("%d %s", d.Round(unit.size)/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d s", d.Round(time.Second)/time.Second)
}
