# No neighbour: that the box itself is sound.
neighbour_start() { :; }
neighbour_stop() { :; }
neighbour_reload() { :; }
