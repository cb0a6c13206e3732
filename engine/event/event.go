// Package event tells listeners that something changed, without ever making
// the work wait: a listener that is slow gets one tick for many changes and
// reads the newest state itself.
package event

import "sync"

// Bus hands ticks to its listeners. The zero value is ready to use.
type Bus struct {
	mu        sync.Mutex
	listeners map[chan struct{}]struct{}
}

// Tick tells every listener that something changed.
func (b *Bus) Tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.listeners {
		select {
		case c <- struct{}{}:
		default: // a tick is waiting there already
		}
	}
}

// Listen returns a channel that ticks after changes, and a function that ends
// the listening and closes the channel.
func (b *Bus) Listen() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = make(map[chan struct{}]struct{})
	}
	b.listeners[c] = struct{}{}
	var once sync.Once
	return c, func() {
		once.Do(func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			delete(b.listeners, c)
			close(c)
		})
	}
}
