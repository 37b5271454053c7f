exports.handler = async () => require('/opt/nodejs/color.js').color
