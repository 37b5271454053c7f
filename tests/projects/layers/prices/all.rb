require "lib/price"
