left = 'out'
