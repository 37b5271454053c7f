exports.color = 'red'
